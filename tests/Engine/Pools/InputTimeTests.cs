using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Pools;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>Inputs that take too long, are canceled, or are tried again.</summary>
public sealed class InputTimeTests
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task AnInputThatTakesTooLong_Ends_AndItsContainerIsKilledUnlessItGivesItUp()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 2));
        PoolInput[] inputs = rig.Add(2);
        TaskId obeys = await rig.StartAndTakeAsync(0, inputs[0]);
        TaskId hangs = await rig.StartAndTakeAsync(1, inputs[1]);
        Task<IReadOnlyList<InputId>> heartbeat = rig.Pool.TakeCanceledAsync(obeys, TimeSpan.FromSeconds(200), default);
        rig.Advance(99);
        Assert.False(heartbeat.IsCompleted);
        rig.Advance(1);

        Assert.Equal([inputs[0].Id], await heartbeat);
        Assert.Equal([inputs[1].Id], await rig.Pool.TakeCanceledAsync(hangs, Hold, default));
        Assert.Equal(inputs.Select(each => each.Id), rig.Ended.Select(each => each.Input));
        Assert.All(rig.Ended, each => Assert.Equal((InputStatus.Timeout, "Task's current input hit its timeout of 100s"), (each.Status, each.Message)));
        Assert.Null(rig.Pool.Find(obeys, inputs[0].Id));
        rig.Pool.Complete(obeys, inputs[0].Id, isEnded: false);
        rig.Advance(10);

        Assert.Equal([hangs], rig.Killed);
        rig.Die(hangs, SandboxEnding.Terminated);
        Assert.Equal(2, rig.Ended.Count);
        Assert.Equal(new PoolStats(0, 0, 1), rig.Pool.Stats());
    }

    [Fact]
    public async Task AnInputThatTakesTooLong_IsTriedAgain_OnceItsContainerGaveItUp()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { Retry = PoolRig.Retries(1, seconds: 2) });
        PoolInput[] inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        rig.Advance(100);
        Assert.Equal((inputs[0].Id, 1, 0, rig.Clock.GetUtcNow().AddSeconds(2)), Assert.Single(rig.Again));

        rig.Pool.Complete(task, inputs[0].Id, isEnded: false);
        Task<InputHandout> asked = rig.AskAsync(task);
        rig.Advance(1.9);
        Assert.False(asked.IsCompleted);
        rig.Advance(0.1);

        PoolInput again = Assert.Single((await asked).Inputs);
        Assert.Equal((inputs[0].Id, 1), (again.Id, again.Attempt));
        rig.Advance(100);
        Assert.Equal(InputStatus.Timeout, Assert.Single(rig.Ended).Status);
    }

    [Fact]
    public async Task AContainerThatStillHoldsAnInput_DoesNotGetItAgain()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { Concurrency = 2, Retry = PoolRig.Retries(1, seconds: 1) });
        PoolInput[] inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        rig.Advance(99);
        Task<InputHandout> asked = rig.AskAsync(task);
        rig.Advance(1);
        rig.Advance(9.9);
        Assert.Single(rig.Claims);
        rig.Advance(0.1);

        Assert.Equal([task], rig.Killed);
        await rig.AssertLastAsync(asked);
        rig.Die(task, SandboxEnding.Terminated);
        await rig.StartAndTakeAsync(1, rig.Pool.Find(rig.Launched[1], inputs[0].Id)!);
        rig.Advance(60);
        Assert.Empty(rig.Ended);
        Assert.Equal([task], rig.Killed);
    }

    [Fact]
    public async Task ALateResult_OfAnAttemptThatIsOver_IsNotTaken_AndTheNextAttemptIs()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { Retry = PoolRig.Retries(1, seconds: 1) });
        PoolInput[] inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        rig.Advance(102);

        Assert.Null(rig.Pool.Find(task, inputs[0].Id));
        rig.Pool.Complete(task, inputs[0].Id, isEnded: false);
        PoolInput again = Assert.Single((await rig.AskAsync(task)).Inputs);
        Assert.Same(again, rig.Pool.Find(task, inputs[0].Id));
    }

    [Fact]
    public async Task AnInputThatWaitsForItsNextAttempt_CanBeCanceled()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { Retry = PoolRig.Retries(1, seconds: 1) });
        PoolInput[] inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        rig.Advance(100);

        rig.Pool.Cancel([inputs[0].Id], killsContainers: false);
        rig.Pool.Complete(task, inputs[0].Id, isEnded: false);
        Task<InputHandout> asked = rig.AskAsync(task);
        rig.Advance(50);

        Assert.Empty((await asked).Inputs);
        Assert.Equal(new PoolStats(0, 0, 1), rig.Pool.Stats());
    }

    [Fact]
    public async Task AFailedInput_IsTriedAgainAfterItsDelay_BehindWhatIsDue()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(2);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);

        rig.Pool.Retry(task, inputs[0].Id, TimeSpan.FromSeconds(3));

        await rig.TakeAsync(task, inputs[1]);
        rig.Pool.Complete(task, inputs[1].Id, isEnded: true);
        Task<InputHandout> asked = rig.AskAsync(task);
        rig.Advance(2.9);
        Assert.False(asked.IsCompleted);
        rig.Advance(0.1);
        Assert.Equal([inputs[0]], (await asked).Inputs);
    }

    [Fact]
    public async Task Cancel_OfWhatWaitsAndWhatRuns()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(3);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        Task<IReadOnlyList<InputId>> heartbeat = rig.Pool.TakeCanceledAsync(task, Hold, default);

        rig.Pool.Cancel([inputs[0].Id, inputs[1].Id, ObjectId.Mint<InputId>()], killsContainers: false);

        Assert.Equal([inputs[0].Id], await heartbeat);
        Assert.Equal(new PoolStats(1, 0, 1), rig.Pool.Stats());
        rig.Pool.Complete(task, inputs[0].Id, isEnded: false);
        await rig.TakeAsync(task, inputs[2]);
        rig.Advance(11);
        Assert.Empty(rig.Killed);
        rig.Pool.Cancel([inputs[2].Id], killsContainers: true);
        Assert.Equal([task], rig.Killed);
    }

    [Fact]
    public async Task ACancellation_ThatAHeartbeatCouldNotBring_ComesWithTheNext()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        rig.Pool.Cancel([inputs[0].Id], killsContainers: false);

        Assert.Empty(await rig.Pool.TakeCanceledAsync(task, Hold, new CancellationToken(canceled: true)));
        Assert.Equal([inputs[0].Id], await rig.Pool.TakeCanceledAsync(task, Hold, default));

        Task<IReadOnlyList<InputId>> quiet = rig.Pool.TakeCanceledAsync(task, TimeSpan.FromSeconds(5), default);
        rig.Advance(5);
        Assert.Empty(await quiet);
    }
}
