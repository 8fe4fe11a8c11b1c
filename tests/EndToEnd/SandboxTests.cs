using System.Diagnostics;
using Appliance.Containers.Runtime;
using Appliance.Tests.Containers;
using Appliance.Tests.Guest;

namespace Appliance.Tests.EndToEnd;

/// <summary>Sandboxes of the published executable in real containers, driven by the real JS SDK.</summary>
public sealed class SandboxTests
{
    private const int RestartedSandboxes = 50;

    private static readonly string Scripts =
        Path.Combine(Path.GetDirectoryName(PublishedAppliance.ExecutablePath)!, "..", "..", "tests", "Interop");

    [RootFact]
    public Task Sandboxes_ThroughTheRealClient_WorkAndFailAsItsUsersExpect() => CheckAsync("modal-sandboxes.mjs");

    [RootFact]
    public Task Tunnels_ThroughTheRealClient_WorkAndFailAsItsUsersExpect() => CheckAsync("modal-tunnels.mjs");

    [RootFact]
    public Task ConnectTokensAndIdentity_ThroughTheRealClient_WorkAndFailAsItsUsersExpect() => CheckAsync("modal-connect.mjs");

    [RootFact]
    public Task Sidecars_ThroughTheRealClient_WorkAndFailAsItsUsersExpect() => CheckAsync("modal-sidecars.mjs");

    [GvisorFact]
    public Task MemorySnapshots_ThroughTheRealClient_GoOnWhereTheyWereMade() => CheckAsync("modal-memory.mjs");

    [RootFact]
    public async Task Snapshots_ThroughTheRealClient_BecomeImagesAndMounts()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await StartAsync(data.Path);

        ProgramRun run = await ProgramRun.StartAsync("node", ["modal-snapshots.mjs"], server.Environment, Scripts);

        run.ShouldSucceed();
        Assert.Contains("all checks passed", run.Output);
    }

    [RootFact]
    public async Task Sandboxes_AcrossAKilledServer_GoOn()
    {
        using var data = new DataFolder();
        PublishedAppliance first = await StartAsync(data.Path);
        using Process client = Start(first);
        Assert.Equal("running", await ReadLineAsync(client));

        await first.KillAsync();
        await first.DisposeAsync();
        await using PublishedAppliance second = await PublishedAppliance.StartAgainAsync(first.Status, "--stop-containers");
        await client.StandardInput.WriteLineAsync("restarted");
        client.StandardInput.Close();

        string errors = await client.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(120));
        Assert.True(await ReadLineAsync(client) == "all checks passed", errors);
        (int status, string log) = await second.StopAsync();
        Assert.True(status == 0, log);
        AssertNothingIsLeft(data.Path);
    }

    private static async Task<PublishedAppliance> StartAsync(string dataDirectory)
    {
        PublishedAppliance server = await PublishedAppliance.StartAsync(dataDirectory, "--stop-containers");
        using var image = new BusyboxImage();
        ProgramRun import = await ProgramRun.ApplianceAsync("image", "import", image.Layers[0], "--tag", "alpine:3.21", "--data", dataDirectory);
        import.ShouldSucceed();
        return server;
    }

    private static Process Start(PublishedAppliance server)
    {
        var start = new ProcessStartInfo("node", ["modal-restart.mjs", $"{RestartedSandboxes}"])
        {
            WorkingDirectory = Scripts,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in server.Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<string?> ReadLineAsync(Process client) =>
        await client.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(120));

    private static void AssertNothingIsLeft(string dataDirectory)
    {
        RunDirectory run = RunDirectory.Of(dataDirectory);
        Assert.False(Directory.Exists(run.Root), $"'{run.Root}' is still there.");
        Assert.DoesNotContain(run.Instance, File.ReadAllText("/proc/self/mountinfo"));
        Assert.DoesNotContain(
            Directory.GetDirectories("/proc").Select(CommandLineOf), line => line.Contains(run.Instance, StringComparison.Ordinal));
    }

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            // No process, or one that has ended.
            return "";
        }
    }

    private static async Task CheckAsync(string script)
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await StartAsync(data.Path);

        ProgramRun run = await ProgramRun.StartAsync("node", [script], server.Environment, Scripts);

        run.ShouldSucceed();
        Assert.Contains("all checks passed", run.Output);
        (int status, string log) = await server.StopAsync();
        Assert.True(status == 0, log);
        Assert.DoesNotContain(" error ", log);
        AssertNothingIsLeft(data.Path);
    }
}
