using System.Text.Json;
using Appliance.Cli;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Cli;

public sealed class DoctorVerbTests
{
    [Fact]
    public async Task Doctor_AsJson_NamesEveryFindingAndEndsAccordingly()
    {
        using var data = new TemporaryFolder();
        VerbRun run = await VerbRun.OfAsync("doctor", "--data", data.Path, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json");

        JsonElement[] findings = [.. run.Json.GetProperty("findings").EnumerateArray()];
        string[] expected =
        [
            "privileges", "kernel", "seccomp", "cgroups", "overlayfs", "user namespaces", "containerd-shim-runc-v2", "runc", "runsc", "container networks",
            "firewall", "gpu", "cdi", "data directory", "disk space", "disk latency", "open files", "grpc port", "http port", "leftovers", "clock",
        ];
        Assert.Equal(expected, findings.Select(finding => finding.GetProperty("name").GetString()));
        Assert.All(findings, finding => Assert.Contains(finding.GetProperty("state").GetString(), new[] { "ok", "warn", "bad" }));
        Assert.All(findings, finding => Assert.Equal(
            finding.GetProperty("state").GetString() == "ok", finding.GetProperty("fix").ValueKind == JsonValueKind.Null));
        bool isHealthy = findings.All(finding => finding.GetProperty("state").GetString() != "bad");
        Assert.Equal(isHealthy, run.Json.GetProperty("healthy").GetBoolean());
        Assert.Equal(isHealthy ? ExitStatus.Done : ExitStatus.Failed, run.Status);
        Assert.Empty(run.Errors);
    }

    [Fact]
    public async Task Doctor_AsText_HasNoColoursInAFileAndLeavesNothingBehind()
    {
        using var data = new TemporaryFolder();
        VerbRun run = await VerbRun.OfAsync("doctor", "--data", data.Path, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0");
        Assert.Contains("kernel", run.Output);
        Assert.DoesNotContain('\e', run.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(data.Path));
    }

    [Fact]
    public async Task Doctor_WithAWrongAddress_IsWrongUsage()
    {
        VerbRun run = await VerbRun.OfAsync("doctor", "--grpc", "here");
        Assert.Equal(ExitStatus.Usage, run.Status);
        Assert.Contains("--grpc: 'here'", run.Errors);
    }
}
