using Appliance.Cli;
using Appliance.Cli.Machine;
using Appliance.Core.Errors;
using Appliance.Hosting.Settings;
using Appliance.Metadata;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Cli;

public sealed class InstallVerbTests
{
    [Fact]
    public async Task Install_DryRun_PrintsStepsAndUnitAndChangesNothing()
    {
        VerbRun run = await VerbRun.OfAsync("install", "--dry-run", "--data", "/srv/appliance", "--grpc", "0.0.0.0:7700");
        Assert.Equal(ExitStatus.Done, run.Status);
        Assert.Contains("would write /etc/systemd/system/appliance.service", run.Output);
        Assert.Contains("ExecStart=/usr/local/bin/appliance serve --data /srv/appliance --grpc 0.0.0.0:7700", run.Output);
        Assert.False(File.Exists("/etc/systemd/system/appliance.service"));
    }

    [Fact]
    public async Task Install_WithAWrongSetting_SaysSoBeforeItDoesAnything()
    {
        VerbRun run = await VerbRun.OfAsync("install", "--tls", "perhaps");
        Assert.Equal(ExitStatus.Usage, run.Status);
        Assert.Contains("'perhaps'", run.Errors);
    }

    [Fact]
    public async Task Uninstall_DryRun_PlansWithoutTouchingData()
    {
        VerbRun run = await VerbRun.OfAsync("uninstall", "--dry-run", "--json");
        string[] steps = [.. run.Json.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("what").GetString()!)];
        Assert.Equal(["stop appliance.service", "end its containers", "remove /etc/systemd/system/appliance.service", "remove /usr/local/bin/appliance"], steps);
        Assert.All(run.Json.GetProperty("steps").EnumerateArray(), step => Assert.Equal("planned", step.GetProperty("outcome").GetString()));
    }

    [Fact]
    public void Purge_OfADirectoryThatIsNotOurs_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("precious", "");
        ApplianceException failure = Assert.Throws<ApplianceException>(() => UninstallVerb.RequireDeletable(folder.Path, isSure: true));
        Assert.Contains("does not look like", failure.Message);
    }

    [Fact]
    public void Purge_WithoutYes_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write(MetadataStore.FileName, "");
        ApplianceException failure = Assert.Throws<ApplianceException>(() => UninstallVerb.RequireDeletable(folder.Path, isSure: false));
        Assert.Contains("--yes", failure.Message);
        UninstallVerb.RequireDeletable(folder.Path, isSure: true);
    }

    [Fact]
    public void Arguments_OfFlagsVariablesAndFile_AreWhatTheServiceNeeds()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("appliance.conf", "log-level = debug\n");
        var flags = new Dictionary<string, string> { ["data"] = "relative" };
        var sources = SettingSources.Open(flags, name => name == "APPLIANCE_HTTP" ? "127.0.0.1:0" : null, file);
        Assert.Equal(
            ["serve", "--config", file, "--data", Path.GetFullPath("relative"), "--http", "127.0.0.1:0"], InstallVerb.Arguments(sources));
    }
}
