using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>A new definition takes over without harm to inputs.</summary>
public sealed class RedeployTests
{
    [Fact]
    public async Task OldContainers_FinishWhatTheyHave_AndNewOnesTakeTheRest()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 2));
        PoolInput[] inputs = rig.Add(2);
        TaskId busy = await rig.StartAndTakeAsync(0, inputs[0]);
        TaskId idle = await rig.StartAndTakeAsync(1, inputs[1]);
        rig.Pool.Complete(idle, inputs[1].Id, isEnded: true);
        Task<InputHandout> asked = rig.AskAsync(idle);

        FunctionDefinition newer = PoolRig.Scaled(0, max: 1);
        DefinitionId id = ObjectId.Mint<DefinitionId>();
        rig.Pool.Redefine(id, newer);

        await rig.AssertLastAsync(asked);
        Assert.Equal((id, newer, 1), (rig.Pool.DefinitionId, rig.Pool.Definition, rig.Pool.Scaling.Max));
        Assert.Empty(rig.Killed);
        Assert.Same(inputs[0], rig.Pool.Find(busy, inputs[0].Id));
        PoolInput[] more = rig.Add(1);
        TaskId replacement = await rig.StartAndTakeAsync(2, more);
        rig.Pool.Complete(busy, inputs[0].Id, isEnded: true);
        await rig.AssertLastAsync(rig.AskAsync(busy));
        rig.Die(busy, SandboxEnding.Success);
        rig.Die(idle, SandboxEnding.Success);

        Assert.Empty(rig.Ended);
        Assert.Same(more[0], rig.Pool.Find(replacement, more[0].Id));
    }

    [Fact]
    public async Task AContainerThatIsStillStarting_IsKilled_AndItsEndIsNoFailure()
    {
        using var rig = new PoolRig();
        PoolInput[] inputs = rig.Add(1);
        TaskId old = rig.Start(0);

        rig.Pool.Redefine(ObjectId.Mint<DefinitionId>(), PoolRig.Plain());
        Assert.Equal([old], rig.Killed);
        rig.Die(old, SandboxEnding.StartFailure, 1, "killed");

        Assert.Empty(rig.Ended);
        await rig.StartAndTakeAsync(1, inputs);
    }

    [Fact]
    public async Task ABetterDefinition_IsTriedAtOnce_AfterACrashLoop()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        rig.Add(1);
        for (int number = 0; number < 3; number++)
        {
            rig.Advance(60);
            rig.Die(rig.Start(number), SandboxEnding.Failure, 1);
        }

        Assert.Single(rig.Ended);
        rig.Pool.Redefine(ObjectId.Mint<DefinitionId>(), PoolRig.Plain());
        PoolInput[] inputs = rig.Add(1);

        await rig.StartAndTakeAsync(3, inputs);
    }

    [Fact]
    public async Task Rollover_ReplacesContainersOfTheSameDefinition()
    {
        using var rig = new PoolRig(PoolRig.Scaled(min: 1));
        rig.Pool.Review();
        Task<InputHandout> asked = rig.AskAsync(rig.Start(0));

        rig.Pool.Rollover();

        await rig.AssertLastAsync(asked);
        Assert.Equal(2, rig.Launched.Count);
        await rig.StartAndTakeAsync(1, rig.Add(1));
    }
}
