using Appliance.Core.Ids;
using Appliance.Engine.Pools;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>What containers do while others wait for the machine.</summary>
public sealed class PoolCrowdingTests
{
    [Fact]
    public async Task AnIdleContainer_LeavesAfterAMoment()
    {
        using var rig = new PoolRig();
        (TaskId task, Task<InputHandout> asked) = await IdleAsync(rig);

        rig.IsCrowded = true;
        rig.Pool.Review();
        Assert.False(asked.IsCompleted);
        rig.Advance(2.1);

        await rig.AssertLastAsync(asked);
        Assert.Equal([task], rig.Yielded);
    }

    [Fact]
    public async Task WhatIsAlwaysToBeThere_Stays()
    {
        using var rig = new PoolRig(PoolRig.Scaled(min: 1));
        (_, Task<InputHandout> asked) = await IdleAsync(rig);

        rig.IsCrowded = true;
        rig.Advance(40);

        Assert.False(asked.IsCompleted);
        Assert.Empty(rig.Yielded);
    }

    [Fact]
    public async Task ABusyContainer_LeavesBetweenTwoInputs_OnceItHadItsTurn()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, 1));
        PoolInput[] inputs = rig.Add(3);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        rig.IsCrowded = true;
        rig.Advance(50);
        rig.Pool.Complete(task, inputs[0].Id, isEnded: true);
        await rig.TakeAsync(task, inputs[1]);
        rig.Advance(15);
        rig.Pool.Complete(task, inputs[1].Id, isEnded: true);

        await rig.AssertLastAsync(rig.AskAsync(task));

        Assert.Equal([task], rig.Yielded);
        rig.Die(task, SandboxEnding.Success);
        Assert.Equal(2, rig.Launched.Count);
        await rig.StartAndTakeAsync(1, inputs[2]);
    }

    [Fact]
    public async Task WhenABusyContainerLeaves_ThoseOfItsFunctionThatAskedBeforeOthers_AskAgainBehindThem()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 2));
        PoolInput[] inputs = rig.Add(3);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        TaskId inLine = rig.Launched[1];
        rig.Pool.ContainerWaits(inLine);
        rig.IsCrowded = true;
        rig.Advance(65);
        rig.Pool.Complete(task, inputs[0].Id, isEnded: true);

        await rig.AssertLastAsync(rig.AskAsync(task));

        Assert.Equal([inLine], rig.Killed);
        rig.Die(inLine, SandboxEnding.Terminated);
        rig.Die(task, SandboxEnding.Success);
        Assert.True(rig.Launched.Count > 2);
        await rig.StartAndTakeAsync(2, inputs[1]);
        Assert.Empty(rig.Ended);
    }

    [Fact]
    public async Task WhatTookLongToStart_WorksLonger()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, 1));
        PoolInput[] inputs = rig.Add(3);
        TaskId task = rig.Start(0);
        rig.Advance(40);
        await rig.TakeAsync(task, inputs[0]);
        rig.IsCrowded = true;
        rig.Advance(90);
        rig.Pool.Complete(task, inputs[0].Id, isEnded: true);

        await rig.TakeAsync(task, inputs[1]);
        rig.Advance(80);
        rig.Pool.Complete(task, inputs[1].Id, isEnded: true);

        await rig.AssertLastAsync(rig.AskAsync(task));
    }

    [Fact]
    public async Task AContainerThatStillWaitsForItsPlace_IsGivenUpWhenItIsNotNeeded()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, 2));
        PoolInput[] inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        PoolInput[] more = rig.Add(1);
        Assert.Equal(2, rig.Launched.Count);
        rig.Pool.ContainerWaits(rig.Launched[1]);

        rig.Pool.Complete(task, inputs[0].Id, isEnded: true);
        Assert.Equal([rig.Launched[1]], rig.Killed);

        await rig.TakeAsync(task, more);
        rig.Die(rig.Launched[1], SandboxEnding.Terminated);
        Assert.Empty(rig.Ended);
    }

    /// <summary>A container that has done its work and asks for more.</summary>
    private static async Task<(TaskId Task, Task<InputHandout> Asked)> IdleAsync(PoolRig rig)
    {
        PoolInput[] inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        rig.Pool.Complete(task, inputs[0].Id, isEnded: true);
        return (task, rig.AskAsync(task));
    }
}
