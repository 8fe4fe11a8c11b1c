using Appliance.Containers.Shims;
using Appliance.Tests.EndToEnd;
using Appliance.Tests.Guest;

namespace Appliance.Tests.Containers;

/// <summary>What the program in runc's place does not do itself, runc does. What it does, every container's test needs.</summary>
public sealed class RuncFrontTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("front-");

    [RootFact]
    public async Task AnyCall_GoesToRuncAsItIs()
    {
        ProgramRun own = await RunAsync("--version");
        ProgramRun real = await ProgramRun.StartAsync(ShimPrograms.Locate(folder.FullName).Runc, ["--version"], new Dictionary<string, string>());

        own.ShouldSucceed();
        Assert.Equal(real.Output, own.Output);
    }

    [RootFact]
    public async Task Start_OfNoContainer_FailsInRuncsWords()
    {
        ProgramRun run = await RunAsync("--root", folder.FullName, "start", "missing");

        Assert.Equal(1, run.ExitStatus);
        Assert.Contains("container does not exist", run.Errors);
    }

    [RootFact]
    public async Task Start_OfContainerWhoseFirstProcessIsGone_GoesToRuncInsteadOfWaiting()
    {
        // Such as a container of an earlier boot: a pipe at which nobody waits.
        string state = folder.CreateSubdirectory("dead").FullName;
        (await ProgramRun.StartAsync("mkfifo", [Path.Combine(state, "exec.fifo")], new Dictionary<string, string>())).ShouldSucceed();
        await File.WriteAllTextAsync(Path.Combine(state, "state.json"), """{"id":"dead","init_process_pid":4194304,"config":{}}""");

        ProgramRun run = await RunAsync("--root", folder.FullName, "start", "dead");

        Assert.Equal(1, run.ExitStatus);
        Assert.True(File.Exists(Path.Combine(state, "exec.fifo")));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private Task<ProgramRun> RunAsync(params string[] arguments)
    {
        RuncFront.Write(folder.FullName, ShimPrograms.Locate(folder.FullName).Runc);
        return ProgramRun.StartAsync(RuncFront.PathIn(folder.FullName), arguments, new Dictionary<string, string>());
    }
}
