using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Calls;
using Appliance.Engine.Pools;
using Appliance.Engine.Pools.Gangs;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>Containers that work on every input together.</summary>
public sealed class GangTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AnInput_GoesToAllMembers_OnceAllAsk()
    {
        using PoolRig rig = Clusters(of: 3);
        PoolInput input = rig.Add(1)[0];
        Assert.Equal(3, rig.Launched.Count);
        rig.Start(0);
        rig.Start(1);
        Task<InputHandout>[] asked = [rig.AskAsync(rig.Launched[0]), rig.AskAsync(rig.Launched[1])];
        Assert.Empty(rig.Claims);

        InputHandout last = await rig.AskAsync(rig.Start(2)).WaitAsync(Limit);

        Assert.Equal(input, Assert.Single(last.Inputs));
        Assert.All(asked, each => Assert.Equal(input, Assert.Single(each.WaitAsync(Limit).Result.Inputs)));
        Assert.Equal((input.Id, rig.Launched[0]), Assert.Single(rig.Claims));
        Assert.Equal(new PoolStats(0, 1, 3), rig.Pool.Stats());
    }

    [Fact]
    public async Task AMemberThatDoesNotAskJustThen_GetsTheInputWithItsNextQuestion()
    {
        using var rig = new PoolRig(PoolRig.Scaled(2) with { ClusterSize = 2 });
        rig.Pool.Review();
        Task<InputHandout> stays = rig.AskAsync(rig.Start(0));
        using var gone = new CancellationTokenSource();
        Task<InputHandout> leaves = rig.AskAsync(rig.Start(1), cancellation: gone.Token);
        await gone.CancelAsync();
        Assert.Same(InputHandout.Nothing, await leaves.WaitAsync(Limit));

        PoolInput input = rig.Add(1)[0];

        Assert.Equal(input, Assert.Single((await stays.WaitAsync(Limit)).Inputs));
        Assert.Equal(input, Assert.Single((await rig.AskAsync(rig.Launched[1]).WaitAsync(Limit)).Inputs));
    }

    [Fact]
    public async Task Numbers_AreOfContainers_AndClustersAreWhole()
    {
        using var rig = new PoolRig(PoolRig.Scaled(min: 3, max: 5) with { ClusterSize = 2 });
        rig.Pool.Review();
        Assert.Equal(2, rig.Launched.Count);
        rig.Start(0);
        rig.Start(1);
        _ = rig.AskAsync(rig.Launched[0]);
        _ = rig.AskAsync(rig.Launched[1]);
        await WaitForAsync(() => rig.Launched.Count == 4);

        rig.Add(10);

        Assert.Equal(4, rig.Launched.Count);
        Assert.Equal(4, rig.Pool.Stats().Containers);
    }

    [Fact]
    public async Task WhenOneMemberDies_TheOthersAreKilled_AndTheInputIsBegunAnewOnceAllAreGone()
    {
        using PoolRig rig = Clusters(of: 2, PoolRig.Retries(1, seconds: 3));
        PoolInput input = rig.Add(1)[0];
        await TakeAsync(rig, 0, 2);

        rig.Die(rig.Launched[1], SandboxEnding.Failure, exitCode: 3);

        Assert.Equal([rig.Launched[0]], rig.Killed);
        Assert.Empty(rig.Again);
        await rig.AssertLastAsync(rig.AskAsync(rig.Launched[0]));
        rig.Die(rig.Launched[0], SandboxEnding.Terminated);
        Assert.Equal((input.Id, 1, 0, rig.Clock.GetUtcNow().AddSeconds(3)), Assert.Single(rig.Again));
        rig.Advance(3);
        Assert.Equal(4, rig.Launched.Count);
        await TakeAsync(rig, 2, 2);
        rig.Die(rig.Launched[2], SandboxEnding.Failure, exitCode: 4);
        rig.Die(rig.Launched[3], SandboxEnding.Terminated);

        (InputId Input, InputStatus Status, string Message, byte[]? _) = Assert.Single(rig.Ended);
        Assert.Equal((input.Id, InputStatus.Failure), (Input, Status));
        Assert.Contains("exit code 4", Message);
    }

    [Fact]
    public async Task MembersThatWereToldToLeave_DoSoInPeace()
    {
        using PoolRig rig = Clusters(of: 2);
        rig.Add(1);
        await TakeAsync(rig, 0, 2);
        rig.Pool.Complete(rig.Launched[0], rig.Claims[0].Input, isEnded: true);
        Task<InputHandout>[] asked = [rig.AskAsync(rig.Launched[0]), rig.AskAsync(rig.Launched[1])];

        rig.Pool.Rollover();

        Assert.True((await asked[0].WaitAsync(Limit)).IsLast);
        Assert.True((await asked[1].WaitAsync(Limit)).IsLast);
        rig.Die(rig.Launched[1], SandboxEnding.Success);
        Assert.Empty(rig.Killed);
        rig.Die(rig.Launched[0], SandboxEnding.Success);
        Assert.Equal(new PoolStats(0, 0, 0), rig.Pool.Stats());
    }

    [Fact]
    public async Task ACanceledInput_IsTakenFromEachMember()
    {
        using PoolRig rig = Clusters(of: 2);
        PoolInput input = rig.Add(1)[0];
        await TakeAsync(rig, 0, 2);
        Task<IReadOnlyList<InputId>>[] beats = [.. rig.Launched.Select(task => rig.Pool.TakeCanceledAsync(task, Limit, CancellationToken.None))];

        rig.Pool.Cancel([input.Id], killsContainers: false);

        Assert.All(beats, each => Assert.Equal([input.Id], each.WaitAsync(Limit).Result));
        rig.Advance(10);
        Assert.Equal(rig.Launched, rig.Killed);
    }

    [Fact]
    public async Task TheResult_IsThatOfRank0_AfterAllHaveOne_OrTheFirstFailure()
    {
        using PoolRig rig = Clusters(of: 3);
        PoolInput[] inputs = rig.Add(2);
        await TakeAsync(rig, 0, 3);
        Gang gang = rig.Pool.FindGang(rig.Launched[2])!;
        GangReport first = gang.Report(rig.Launched[0], Outcome(inputs[0], InputStatus.Success, "0"), isWanted: true);
        GangReport second = gang.Report(rig.Launched[2], Outcome(inputs[0], InputStatus.Success, "2"), isWanted: true);
        Assert.Null(first.Decision);
        Assert.Null(second.Decision);

        GangReport third = gang.Report(rig.Launched[1], Outcome(inputs[0], InputStatus.Success, "1"), isWanted: true);

        Assert.Equal(("0", false), (third.Decision!.Message, third.EndsGang));
        Assert.False(first.Work!.Settled.Task.IsCompleted);
        gang.Settle(inputs[0].Id, third.Work!, null);
        await Task.WhenAll(first.Work.Settled.Task, second.Work!.Settled.Task).WaitAsync(Limit);

        GangReport failure = gang.Report(rig.Launched[1], Outcome(inputs[1], InputStatus.Failure, "1"), isWanted: true);
        Assert.Equal(("1", true), (failure.Decision!.Message, failure.EndsGang));
        GangReport late = gang.Report(rig.Launched[0], Outcome(inputs[1], InputStatus.Success, "0"), isWanted: true);
        Assert.Null(late.Decision);
        gang.Settle(inputs[1].Id, failure.Work!, new IOException("disk"));
        await Assert.ThrowsAsync<IOException>(() => late.Work!.Settled.Task);

        // All say it again, as clients do.
        Assert.NotNull(gang.Report(rig.Launched[1], Outcome(inputs[1], InputStatus.Failure, "1"), isWanted: true).Decision);
    }

    [Fact]
    public async Task Hello_IsAnsweredWhenAllHaveSaidIt_OrRefusedWhenOneDies()
    {
        using PoolRig rig = Clusters(of: 2);
        rig.Add(1);
        Gang gang = rig.Pool.FindGang(rig.Launched[0])!;
        Task first = gang.MeetAsync(rig.Launched[0], CancellationToken.None);
        Assert.False(first.IsCompleted);
        await gang.MeetAsync(rig.Launched[1], CancellationToken.None).WaitAsync(Limit);
        await first.WaitAsync(Limit);

        using PoolRig other = Clusters(of: 2);
        other.Add(1);
        Task waits = other.Pool.FindGang(other.Launched[0])!.MeetAsync(other.Launched[0], CancellationToken.None);
        other.Die(other.Launched[1], SandboxEnding.Failure, exitCode: 1);
        await Assert.ThrowsAsync<Appliance.Core.Errors.ApplianceException>(() => waits.WaitAsync(Limit));
    }

    [Fact]
    public void AfterARestart_AGangThatLacksAMember_IsEnded_AndItsInputBegunAnew()
    {
        using PoolRig rig = Clusters(of: 2);
        TaskId[] tasks = [TaskId.Mint(isVersion2: false), TaskId.Mint(isVersion2: false)];
        rig.Pool.AdoptGang(ObjectId.Mint<ClusterId>(), tasks, rig.Pool.DefinitionId);
        var input = new PoolInput(ObjectId.Mint<InputId>(), ObjectId.Mint<FunctionCallId>(), "", false);
        rig.Die(tasks[0], SandboxEnding.Lost);
        rig.Pool.Resume(input, tasks[0], rig.Clock.GetUtcNow());
        Assert.Equal([tasks[1]], rig.Killed);
        Assert.Empty(rig.Again);

        rig.Die(tasks[1], SandboxEnding.Terminated);

        Assert.Equal(input.Id, Assert.Single(rig.Again).Input);
        Assert.Equal(2, rig.Launched.Count);
    }

    private static PoolRig Clusters(int of, RetryPolicy? retry = null) =>
        new(PoolRig.Scaled(0, max: of) with { ClusterSize = of, Retry = retry ?? RetryPolicy.None });

    private static InputOutcome Outcome(PoolInput input, InputStatus status, string message) => new(input.Id, input.Attempt, status, 0, [], message);

    /// <summary>Starts the members from one number on, and has each take the same input.</summary>
    private static async Task TakeAsync(PoolRig rig, int from, int count)
    {
        Task<InputHandout>[] asked = [.. Enumerable.Range(from, count).Select(number => rig.AskAsync(rig.Start(number)))];
        foreach (Task<InputHandout> each in asked)
        {
            Assert.Single((await each.WaitAsync(Limit)).Inputs);
        }
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        DateTime end = DateTime.UtcNow + Limit;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end);
            await Task.Delay(1);
        }
    }
}
