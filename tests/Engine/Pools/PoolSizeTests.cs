using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Pools;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>How many containers a pool starts, and when it lets them go.</summary>
public sealed class PoolSizeTests
{
    [Fact]
    public async Task APool_GrowsStepByStep_ToWhatTheMachineBears()
    {
        using var rig = new PoolRig();
        PoolInput[] inputs = rig.Add(20);
        List<int> launched = [];
        for (int number = 0; number < PoolRig.MachineMax; number++)
        {
            launched.Add(rig.Launched.Count);
            await rig.StartAndTakeAsync(number, inputs[number]);
        }

        // Never more are starting than work already.
        Assert.Equal([1, 2, 4, 6, 8, 8, 8, 8], launched);
        Assert.Equal(new PoolStats(12, 8, 8), rig.Pool.Stats());
    }

    [Fact]
    public async Task IdleContainers_GoAfterTheirTime_ButForTheFewest()
    {
        using var rig = new PoolRig(PoolRig.Scaled(min: 1));
        PoolInput[] inputs = rig.Add(2);
        TaskId first = await rig.StartAndTakeAsync(0, inputs[0]);
        TaskId second = await rig.StartAndTakeAsync(1, inputs[1]);
        rig.Pool.Complete(first, inputs[0].Id, isEnded: true);
        rig.Advance(10);
        rig.Pool.Complete(second, inputs[1].Id, isEnded: true);
        rig.Advance(49);
        Task<InputHandout> idleLonger = rig.AskAsync(first);
        Task<InputHandout> idle = rig.AskAsync(second);
        rig.Advance(0.9);
        Assert.Equal(2, rig.Pool.Stats().Containers);
        rig.Advance(0.1);

        await rig.AssertLastAsync(idleLonger);
        Assert.Equal(1, rig.Pool.Stats().Containers);
        rig.Advance(50);
        Assert.Equal(InputHandout.Nothing, await idle);
        await rig.TakeAsync(second, rig.Add(1));
        Assert.Empty(rig.Killed);
    }

    [Fact]
    public async Task TheContainerThatAskedLast_IsServedFirst_SoThatOthersCanGo()
    {
        using var rig = new PoolRig(PoolRig.Scaled(min: 2));
        rig.Pool.Review();
        TaskId first = rig.Start(0);
        Task<InputHandout> asked = rig.AskAsync(first);
        TaskId second = rig.Start(1);
        Task<InputHandout> askedLater = rig.AskAsync(second);

        PoolInput[] inputs = rig.Add(1);

        Assert.Equal(inputs, (await askedLater).Inputs);
        Assert.False(asked.IsCompleted);
    }

    [Fact]
    public async Task TheFewestAndTheMost_AreKept()
    {
        using var rig = new PoolRig(PoolRig.Scaled(min: 1, max: 2));
        rig.Pool.Review();
        Assert.Single(rig.Launched);
        PoolInput[] inputs = rig.Add(5);
        await rig.StartAndTakeAsync(0, inputs[0]);
        await rig.StartAndTakeAsync(1, inputs[1]);

        Assert.Equal(2, rig.Launched.Count);
    }

    [Fact]
    public async Task BufferContainers_AreThereWhileThereIsWork()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, buffer: 1));
        rig.Pool.Review();
        Assert.Empty(rig.Launched);
        PoolInput[] inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        Assert.Equal(2, rig.Launched.Count);
        Task<InputHandout> spare = rig.AskAsync(rig.Start(1));

        rig.Pool.Complete(task, inputs[0].Id, isEnded: true);
        rig.Advance(49);
        Assert.False(spare.IsCompleted);
        rig.Advance(1);
        Assert.Same(InputHandout.Nothing, await spare);
        rig.Advance(10);

        Assert.Equal(0, rig.Pool.Stats().Containers);
    }

    [Fact]
    public async Task Rescale_StartsAndLetsGo()
    {
        using var rig = new PoolRig();
        rig.Pool.Rescale(new PoolScaling(1, null, 0, TimeSpan.FromSeconds(5)));
        Assert.Single(rig.Launched);
        Task<InputHandout> asked = rig.AskAsync(rig.Start(0));

        rig.Pool.Rescale(new PoolScaling(0, null, 0, TimeSpan.FromSeconds(5)));
        rig.Advance(5);

        await rig.AssertLastAsync(asked);
        Assert.Equal(0, rig.Pool.Stats().Containers);
    }

    [Fact]
    public async Task StopContainer_LetsItFinish_OrKillsIt()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 2));
        PoolInput[] inputs = rig.Add(2);
        TaskId gentle = await rig.StartAndTakeAsync(0, inputs[0]);
        TaskId hard = await rig.StartAndTakeAsync(1, inputs[1]);

        rig.Pool.StopContainer(gentle, isGraceful: true);
        rig.Pool.StopContainer(hard, isGraceful: false);

        Assert.Equal([hard], rig.Killed);
        rig.Pool.Complete(gentle, inputs[0].Id, isEnded: true);
        await rig.AssertLastAsync(rig.AskAsync(gentle));
    }

    [Fact]
    public async Task Close_TellsAllToEnd_AndStartsNothing()
    {
        using var rig = new PoolRig(PoolRig.Scaled(min: 1));
        rig.Pool.Review();
        Task<InputHandout> asked = rig.AskAsync(rig.Start(0));

        rig.Pool.Close();

        await rig.AssertLastAsync(asked);
        rig.Add(1);
        Assert.Single(rig.Launched);
        await rig.AssertLastAsync(rig.AskAsync(rig.Launched[0]));
    }
}
