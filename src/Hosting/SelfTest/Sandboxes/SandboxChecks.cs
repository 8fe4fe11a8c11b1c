using System.Globalization;
using Appliance.Admin.SelfTest;
using Appliance.Gateways.CommandRouter.Probe;
using Appliance.Gateways.Modal.Probe;
using static Appliance.Admin.SelfTest.SelfTestException;

namespace Appliance.Hosting.SelfTest.Sandboxes;

/// <summary>That containers run on this machine, of an image that the executable brings: nothing is imported or fetched.</summary>
public static class SandboxChecks
{
    private const string LongSleep = "600";
    private const string Text = "kept as it was written";

    public static IReadOnlyList<SelfTestCheck> All { get; } =
    [
        SandboxTrial.Check("runs a container", ProveOutputAsync),
        SandboxTrial.Check("runs commands in it", ProveCommandsAsync),
        SandboxTrial.Check("holds it to its memory", ProveMemoryLimitAsync),
        SandboxTrial.Check("isolates its network", IsolationProof.ProveAsync),
        SandboxTrial.Check("keeps a volume's files", ProveVolumeAsync),
        SandboxTrial.Check("makes an image of it", ProveSnapshotAsync),
        SandboxTrial.Check("adopts it after a restart", ProveAdoptionAsync, keepsContainers: true),
    ];

    private static async Task<string> ProveOutputAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        ProbedSandbox sandbox = await trial.StartSandboxAsync(cancellation, "print", "output\n", "errors\n");
        string output = await trial.FinishAsync(sandbox, cancellation);
        string errors = await trial.Open(sandbox).ReadMainAsync(isError: true, cancellation);
        Require((output, errors) == ("output\n", "errors\n"), $"It wrote '{output}' and '{errors}'.");
        return $"{trial.ImageId} ended with 0, its output is exact";
    }

    private static async Task<string> ProveCommandsAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        const int Status = 7;
        ProbedSandbox sandbox = await trial.StartSandboxAsync(cancellation, "sleep", LongSleep);
        CommandOutcome copied = await trial.Open(sandbox).RunAsync([BuiltInImage.Program, "cat"], Text, cancellation);
        Require(copied == new CommandOutcome(0, Text, ""), $"Of '{Text}' came back '{copied.Output}', status {copied.Status}: {copied.Errors}");
        CommandOutcome ended = await trial.RunAsync(sandbox, cancellation, "exit", Status.ToString(CultureInfo.InvariantCulture));
        Require(ended.Status == Status, $"A command that ended with {Status} is reported with {ended.Status}.");
        return $"input and output exact, exit status {Status} reported";
    }

    private static async Task<string> ProveMemoryLimitAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        const uint LimitMegabytes = 64;
        ProbedSandbox modest = await trial.Sandboxes.StartAsync(
            trial.Wanted("take", "16") with { MemoryMegabytes = LimitMegabytes }, cancellation);
        ProbedSandbox greedy = await trial.Sandboxes.StartAsync(
            trial.Wanted("take", "256") with { MemoryMegabytes = LimitMegabytes }, cancellation);
        Require(await trial.FinishAsync(modest, cancellation) == "taken\n", "16 MiB of 64 were refused.");
        ProbedEnd end = await trial.EndAsync(greedy, cancellation);
        Require(
            !end.Succeeded && end.Message.Contains("out of memory", StringComparison.Ordinal),
            $"256 MiB of {LimitMegabytes} ended with {end.ExitCode}: '{end.Message}'");
        return $"{LimitMegabytes} MiB: {end.Message}";
    }

    private static async Task<string> ProveVolumeAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        string volume = await trial.Sandboxes.CreateVolumeAsync("self-test", cancellation);
        WantedSandbox WithVolume(params string[] arguments) => trial.Wanted(arguments) with { VolumeId = volume, VolumePath = "/data" };
        ProbedSandbox writer = await trial.Sandboxes.StartAsync(WithVolume("write", "/data/file", Text), cancellation);
        await trial.FinishAsync(writer, cancellation);
        ProbedSandbox reader = await trial.Sandboxes.StartAsync(WithVolume("read", "/data/file"), cancellation);
        string found = await trial.FinishAsync(reader, cancellation);
        Require(found == Text, $"Another container reads '{found}'.");
        return "written in one container, read in the next";
    }

    private static async Task<string> ProveSnapshotAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        ProbedSandbox changed = await trial.StartSandboxAsync(cancellation, "sleep", LongSleep);
        CommandOutcome written = await trial.RunAsync(changed, cancellation, "write", "/etc/mark", Text);
        Require(written.Status == 0, written.Errors);
        string image = await trial.Open(changed).SnapshotAsync(cancellation);
        ProbedSandbox restored = await trial.Sandboxes.StartAsync(trial.Wanted("read", "/etc/mark") with { ImageId = image }, cancellation);
        string found = await trial.FinishAsync(restored, cancellation);
        Require(found == Text, $"The new image has '{found}'.");
        return $"{image} starts with the changed file";
    }

    private static async Task<string> ProveAdoptionAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        ProbedSandbox sandbox = await trial.StartSandboxAsync(cancellation, "sleep", LongSleep);
        CommandOutcome written = await trial.RunAsync(sandbox, cancellation, "write", "/tmp/mark", Text);
        Require(written.Status == 0, written.Errors);
        await trial.RestartAsync(cancellation);
        ProbedEnd? end = await trial.Sandboxes.WaitAsync(sandbox, cancellation, seconds: 0);
        Require(end is null, $"It ended with {end?.ExitCode}: {end?.Message}");
        CommandOutcome found = await trial.RunAsync(sandbox, cancellation, "read", "/tmp/mark");
        Require(found.Output == Text, $"Its file is '{found.Output}' after the restart: {found.Errors}");
        return "still runs, takes commands, has its files";
    }
}
