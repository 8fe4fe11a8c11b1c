using Appliance.Containers.Gvisor;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;

namespace Appliance.Tests.Containers;

/// <summary>Containers under gVisor, through the same shims as others.</summary>
public sealed class GvisorTests : IAsyncLifetime
{
    private readonly ContainerRig rig = new();

    [GvisorFact]
    public async Task Start_UnderGvisor_TellsOutputAndStatus()
    {
        Container container = await StartAsync("/bin/sh", "-c", "echo out; echo err >&2; exit 7");

        Assert.Equal(7, (await container.Main.Exited).Status);
        Assert.Equal("out\n", await ContainerRig.ReadAsync(container.Main.OutputPath, container.Main.OutputEnded));
        Assert.Equal("err\n", await ContainerRig.ReadAsync(container.Main.ErrorPath, container.Main.OutputEnded));
    }

    [GvisorFact]
    public async Task Kill_OfAnExec_EndsItAlone()
    {
        Container container = await StartAsync("/bin/sleep", "60");
        ContainerProcess exec = await container.StartExecAsync("one", ContainerRig.Process("/bin/sleep", "60"));

        await container.KillAsync(exec, 15);

        Assert.Equal(128 + 15, (await exec.Exited.WaitAsync(TimeSpan.FromSeconds(20))).Status);
        Assert.False(container.Main.Exited.IsCompleted);
        await container.KillAsync(container.Main, 9, all: true);
        Assert.Equal(ProcessExit.KilledStatus, (await container.Main.Exited.WaitAsync(TimeSpan.FromSeconds(20))).Status);
    }

    [GvisorFact]
    public async Task Adopt_AfterAKill_FindsContainerAndExecs()
    {
        Container container = await StartAsync("/bin/sleep", "60");
        await container.StartExecAsync("one", ContainerRig.Process("/bin/sh", "-c", "sleep 2; echo done"));

        await rig.RestartAsync();
        Container? adopted = await rig.Runtime.AdoptAsync(container.Id, new ResourceLimits(), default);

        Assert.NotNull(adopted);
        Assert.True(adopted.IsGvisor);
        ContainerProcess exec = await adopted.GetExecAsync("one");
        Assert.Equal(0, (await exec.Exited.WaitAsync(TimeSpan.FromSeconds(20))).Status);
        Assert.Equal("done\n", await ContainerRig.ReadAsync(exec.OutputPath, exec.OutputEnded));
    }

    [GvisorFact]
    public async Task Checkpoint_Restored_GoesOnInAnotherContainer()
    {
        Container container = await StartAsync("/bin/sh", "-c", "i=0; while true; do i=$((i+1)); echo $i; sleep 0.1; done");
        await Task.Delay(TimeSpan.FromSeconds(1));
        string directory = Directory.CreateTempSubdirectory("checkpoint-").FullName;
        try
        {
            Assert.Null(await container.CheckpointAsync(directory));
            await container.Main.OutputEnded.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.True(Checkpoint.Find(directory)?.IsOfThisBoot);
            int last = int.Parse(File.ReadLines(container.Main.OutputPath).Last());

            Container restored = await rig.Runtime.StartAsync(
                rig.Spec("/bin/sh") with { Runtime = ContainerSpec.Gvisor, Checkpoint = directory }, default);
            await Task.Delay(TimeSpan.FromSeconds(1));

            int next = int.Parse(File.ReadLines(restored.Main.OutputPath).First());
            Assert.InRange(next, last + 1, last + 2);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    private Task<Container> StartAsync(params string[] arguments) =>
        rig.Runtime.StartAsync(rig.Spec(arguments) with { Runtime = ContainerSpec.Gvisor }, default);
}
