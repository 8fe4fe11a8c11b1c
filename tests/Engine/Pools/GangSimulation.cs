using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Calls;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Engine.Pools.Gangs;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>
/// A world around a pool of gangs in which anything may happen to each member at any time, and the rules that hold whatever
/// happens: an input ends once, goes to all members of one gang or to none, and is never with two gangs.
/// </summary>
internal sealed class GangSimulation(int seed) : SimulatedWorld(seed, Define())
{
    private const int Size = 3;
    private const int GangsMax = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<TaskId, Member> members = [];
    private int seenLaunches;
    private int seenKills;
    private int seenClaims;

    private static FunctionDefinition Define() => PoolRig.Scaled(0, Size * GangsMax) with
    {
        TimeoutSeconds = 30, StartupTimeoutSeconds = 20, ClusterSize = Size, Retry = PoolRig.Retries(2, seconds: 1),
    };

    protected override void Step(int chance)
    {
        switch (chance)
        {
            case < 12: Enqueue(Random.Next(1, 3)); break;
            case < 30: Pick(each => !each.IsStarted)?.Start(Rig); break;
            case < 58: Pick(each => each.CanAsk)?.Ask(Rig); break;
            case < 86: Finish(Pick(each => each.Held is not null), fails: Random.Next(12) == 0); break;
            case < 88: Die(Pick(each => each.IsStarted), (SandboxEnding)Random.Next(1, 9)); break;
            case < 93: Die(Pick(each => each.IsKilled), SandboxEnding.Terminated); break;
            case < 94: Rig.Pool.Redefine(ObjectId.Mint<DefinitionId>(), Define()); break;
            case < 95: Cancel(); break;
            case < 96 when Pick(each => each is { IsStarted: true, Asked: null, Held: null }) is { } slow: Rig.Pool.FailStart(slow.Task, "enter hook", null); break;
            case < 97: Rig.Advance(Random.Next(5, 40)); break;
            default: Rig.Advance(Random.NextDouble()); break;
        }
    }

    protected override void Calm()
    {
        foreach (Member each in members.Values.ToArray())
        {
            if (each.IsKilled || (each.IsDone && each.Held is null))
            {
                Die(each, SandboxEnding.Terminated);
                continue;
            }

            each.Start(Rig);
            Finish(each, fails: false);
            if (each.CanAsk)
            {
                each.Ask(Rig);
            }
        }

        Rig.Advance(1);
    }

    private Member? Pick(Func<Member, bool> wanted) => Pick(members.Values, wanted);

    /// <summary>As the desk of calls does it with what members say.</summary>
    private void Finish(Member? member, bool fails)
    {
        if (member?.Held is not { } held || Rig.Pool.FindGang(member.Task) is not { } gang)
        {
            return;
        }

        member.Held = null;
        PoolInput? input = Rig.Pool.Find(gang.Lead, held.Id);
        var outcome = new InputOutcome(held.Id, held.Attempt, fails ? InputStatus.Failure : InputStatus.Success, 0, [], "");
        GangReport report = gang.Report(member.Task, outcome, input is not null && held.Attempt >= input.Attempt);
        if (report.Decision is not { } decision)
        {
            member.Waits = report.Work?.Settled.Task;
            return;
        }

        if (input is null || held.Attempt < input.Attempt)
        {
            Rig.Pool.Complete(gang.Lead, held.Id, isEnded: false);
        }
        else if (decision.Status == InputStatus.Failure && Rig.Pool.RetryAfter(input) is { } delay)
        {
            input.Attempt++;
            Rig.Pool.Retry(gang.Lead, held.Id, delay, report.EndsGang);
        }
        else
        {
            End(held.Id);
            Rig.Pool.Complete(gang.Lead, held.Id, isEnded: true);
        }

        if (report.EndsGang)
        {
            Rig.Pool.StopContainer(gang.Lead, isGraceful: false);
        }

        gang.Settle(held.Id, report.Work!, null);
    }

    private void Die(Member? member, SandboxEnding ending)
    {
        if (member is not null)
        {
            members.Remove(member.Task);
            Rig.Die(member.Task, member.IsKilled ? SandboxEnding.Terminated : ending, exitCode: 1);
        }
    }

    protected override async Task ObserveAsync()
    {
        for (; seenLaunches < Rig.Launched.Count; seenLaunches++)
        {
            members.Add(Rig.Launched[seenLaunches], new Member(Rig.Launched[seenLaunches]));
        }

        for (; seenKills < Rig.Killed.Count; seenKills++)
        {
            if (members.TryGetValue(Rig.Killed[seenKills], out Member? killed))
            {
                killed.IsKilled = true;
            }
        }

        for (; seenClaims < Rig.Claims.Count; seenClaims++)
        {
            await HandAsync(Rig.Claims[seenClaims].Input, Rig.Pool.FindGang(Rig.Claims[seenClaims].Task)!);
        }

        foreach (Member each in members.Values.Where(each => each.Asked is { IsCompleted: true }))
        {
            InputHandout handout = await each.Asked!;
            each.Asked = null;
            each.Take(handout);
        }

        Assert.InRange(Rig.Pool.Stats().Containers, 0, Size * GangsMax);
    }

    /// <summary>All members that are there get it, since all have asked.</summary>
    private async Task HandAsync(InputId id, Gang gang)
    {
        Assert.DoesNotContain(members.Values, each => each.Held?.Id == id && Rig.Pool.FindGang(each.Task) != gang);
        foreach (TaskId task in gang.Tasks)
        {
            if (members.TryGetValue(task, out Member? member) && member.Asked is { } asked)
            {
                InputHandout handout = await asked.WaitAsync(Limit);
                member.Asked = null;
                member.Take(handout);
                Assert.Equal(id, member.Held?.Id);
            }
        }
    }

    private sealed class Member(TaskId task)
    {
        public TaskId Task => task;

        public bool IsStarted { get; private set; }

        public bool IsKilled { get; set; }

        /// <summary>It was told to end.</summary>
        public bool IsDone { get; set; }

        public Task<InputHandout>? Asked { get; set; }

        /// <summary>What it works on, as which attempt.</summary>
        public (InputId Id, int Attempt)? Held { get; set; }

        /// <summary>Its word is not taken yet.</summary>
        public Task? Waits { get; set; }

        public bool CanAsk => IsStarted && !IsDone && Asked is null && Held is null && Waits is not { IsCompleted: false };

        public void Start(PoolRig rig)
        {
            if (!IsStarted)
            {
                IsStarted = true;
                rig.Pool.ContainerStarted(task);
            }
        }

        public void Take(InputHandout handout)
        {
            Held = handout.Inputs.Count > 0 ? (handout.Inputs[0].Id, handout.Inputs[0].Attempt) : null;
            IsDone = handout.IsLast;
        }

        public void Ask(PoolRig rig) => Asked = rig.AskAsync(task);
    }
}
