using Appliance.Gpus;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Appliance.Tests.Hosting;

namespace Appliance.Tests.Engine.Resources;

/// <summary>Code that takes all it can get, or does not want to end: others go on, and nothing of it stays.</summary>
public sealed class BadBehaviourTests : IAsyncLifetime
{
    private InProcessServer server = null!;

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            server = await InProcessServer.StartAsync(new GpuMachine());
        }
    }

    public Task DisposeAsync() => (server?.DisposeAsync() ?? ValueTask.CompletedTask).AsTask();

    [RootFact]
    public async Task AForkBomb_ComesToItsLimitAndIsEndedWithAllItsProcesses()
    {
        // One memory limit and one of processes: whichever it comes to first, it must not be the machine's.
        string bomb = await server.CreateAsync(
            new Protos.Modal.Resources { MemoryMb = 128, MemoryMbMax = 256 }, "b() { b | b & wait; }; b 2>/dev/null; sleep 1000");
        Assert.True((await server.LookAsync(bomb, seconds: 30)).HasStarted);

        string other = await server.CreateAsync(new Protos.Modal.Resources(), "echo still here");
        Assert.Equal(0, (await server.WaitAsync(other, seconds: 55))!.Exitcode);

        await server.TerminateAsync(bomb);
        Assert.NotNull(await server.WaitAsync(bomb, seconds: 55));
        await server.Parts.Work.Supervisor.EndAllAsync(default);
        Assert.DoesNotContain("b() {", Commands());
    }

    [RootFact]
    public async Task ALimitOfProcesses_IsThere()
    {
        string sandbox = await server.CreateAsync(new Protos.Modal.Resources(), "sleep 1000");
        Assert.True((await server.LookAsync(sandbox, seconds: 30)).HasStarted);
        string group = Directory.EnumerateFiles("/sys/fs/cgroup", "pids.max", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .First(path => path.Contains("/appliance/", StringComparison.Ordinal) && path.Contains("/ta-", StringComparison.Ordinal));
        Assert.Equal("32768", File.ReadAllText(group).Trim());
    }

    [RootFact]
    public async Task AContainer_ThatIgnoresSignals_IsEndedAllTheSame()
    {
        string sandbox = await server.CreateAsync(new Protos.Modal.Resources(), "trap '' TERM INT HUP QUIT; while :; do sleep 1; done");
        Assert.True((await server.LookAsync(sandbox, seconds: 30)).HasStarted);
        await server.TerminateAsync(sandbox);
        GenericResult result = (await server.WaitAsync(sandbox, seconds: 10))!;
        Assert.Equal(GenericResult.Types.GenericStatus.Terminated, result.Status);
    }

    [RootFact]
    public async Task AHundredThousandFiles_AreWrittenAndGoWithTheSandbox()
    {
        const string Write = "mkdir /many && cd /many && for d in $(seq 100); do mkdir $d && (cd $d && seq 1000 | xargs touch); done; find . -type f | wc -l";
        string sandbox = await server.CreateAsync(new Protos.Modal.Resources(), Write);
        Assert.Equal(0, (await server.WaitAsync(sandbox, seconds: 55))!.Exitcode);
        Assert.Equal("100000\n", await server.ReadOutputAsync(sandbox));
        await server.Parts.Work.Supervisor.EndAllAsync(default);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(server.DataDirectory, "tasks"), "many", SearchOption.AllDirectories));
    }

    private static string Commands() => string.Concat(Directory.EnumerateDirectories("/proc").Select(path =>
    {
        try
        {
            return int.TryParse(Path.GetFileName(path), out int id) && id != Environment.ProcessId ? File.ReadAllText(Path.Combine(path, "cmdline")) : "";
        }
        catch (IOException)
        {
            // It ended in between.
            return "";
        }
    }));
}
