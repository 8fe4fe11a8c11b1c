using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>The containers of one pool: who waits for inputs, who works on which, and who is to give some up. For one thread at a time.</summary>
internal sealed class PoolContainers(IPoolHost host)
{
    /// <summary>How long a container may take to give up an input, before it is killed.</summary>
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(10);

    /// <summary>How long exit hooks and the last commits of volumes may take.</summary>
    private static readonly TimeSpan LeaveTime = TimeSpan.FromMinutes(5);

    private readonly Dictionary<TaskId, PoolContainer> all = [];

    // Whoever collects a batch stands first; otherwise the one that asked last is served, so that others become idle and can go.
    private readonly LinkedList<PoolContainer> waiting = [];

    public InputClocks Clocks { get; } = new();

    public Dictionary<TaskId, PoolContainer>.ValueCollection All => all.Values;

    /// <summary>How many get inputs, now or soon.</summary>
    public int LiveCount
    {
        get
        {
            int count = 0;
            foreach (PoolContainer container in all.Values)
            {
                count += container.IsStopping || container.IsOutdated ? 0 : 1;
            }

            return count;
        }
    }

    /// <summary>
    /// How many more may be started now. Each start takes a processor for a while, so that many at once would take it from
    /// those that work already; a pool grows to the double when its containers are ready.
    /// </summary>
    /// <param name="atLeast">How many may always be starting.</param>
    public int Room(int atLeast)
    {
        int ready = all.Values.Count(each => each.IsReady);
        return Math.Max(atLeast, ready) - all.Values.Count(each => each is { IsReady: false, IsDetached: false });
    }

    /// <summary>Who gets the next input; null when nobody waits.</summary>
    public PoolContainer? NextInLine => waiting.First is { Value: { Waiter.Got.Count: > 0 } collecting } ? collecting : waiting.Last?.Value;

    /// <summary>When the batch that is being collected is handed out as it is.</summary>
    public DateTimeOffset? NextHandout => waiting.First?.Value.Waiter!.HandOutAt;

    public PoolContainer? Find(TaskId task) => all.GetValueOrDefault(task);

    public void Add(PoolContainer container) => all[container.Task] = container;

    /// <summary>Its questions get their last answers.</summary>
    public PoolContainer? Remove(TaskId task)
    {
        if (all.Remove(task, out PoolContainer? container))
        {
            waiting.Remove(container);
            container.Waiter?.Give(InputHandout.Last);
            container.Heartbeat?.TrySetResult();
            foreach (PoolInput input in container.Running.Values)
            {
                Clocks.Stop(input);
            }
        }

        return container;
    }

    /// <summary>A container asks for inputs; an older question of it is answered with nothing.</summary>
    public void Enroll(PoolContainer container, InputWaiter waiter)
    {
        container.Waiter?.Give(InputHandout.Nothing);
        waiting.Remove(container);
        container.Waiter = waiter;
        waiting.AddLast(container);
    }

    /// <summary>A container does not ask any more.</summary>
    public void Withdraw(PoolContainer container)
    {
        waiting.Remove(container);
        container.Waiter = null;
    }

    /// <summary>A gang that loses a member gets nothing more; what it has is lost with it.</summary>
    public void StopAsking(TaskId lead)
    {
        if (Find(lead) is { Waiter: { } waiter } gang)
        {
            Withdraw(gang);
            waiter.Give(InputHandout.Last);
        }
    }

    /// <summary>Gives an input to whoever waits; it is handed out when the batch is full or old enough.</summary>
    public void Give(PoolContainer container, PoolInput input, DateTimeOffset now)
    {
        Claim(container, input, now);
        InputWaiter waiter = container.Waiter!;
        waiter.Got.Add(input);
        if (waiter.Got.Count == waiter.Max)
        {
            HandOut(container);
        }
        else if (waiter.HandOutAt is null)
        {
            waiter.HandOutAt = now + waiter.Linger;
            waiting.Remove(container);
            waiting.AddFirst(container);
        }
    }

    /// <summary>Hands out batches that have waited long enough.</summary>
    public void HandOutDue(DateTimeOffset now)
    {
        while (waiting.First is { Value: { Waiter.HandOutAt: { } at } first } && at <= now)
        {
            HandOut(first);
        }
    }

    public void Claim(PoolContainer container, PoolInput input, DateTimeOffset startedAt)
    {
        input.Task = container.Task;
        input.StartedAt = startedAt;
        container.Running[input.Id] = input;
        Clocks.Start(input);
    }

    /// <summary>Whether some serve only until a newer one does.</summary>
    public bool HasOutdated
    {
        get
        {
            foreach (PoolContainer container in all.Values)
            {
                if (container is { IsOutdated: true, IsStopping: false })
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Gives requests to those that serve; none waits for a container that is busy.</summary>
    public void Route(PoolInputs inputs, int countMax, DateTimeOffset now)
    {
        while (inputs.RequestCount > 0 && RequestRouting.FindLeastBusy(all.Values, countMax) is { } leastBusy)
        {
            PoolInput request = inputs.TakeRequest()!;
            PoolContainer container = request.Seat!.Session.Length > 0 ? RequestRouting.FindOfSession(all.Values, request.Seat.Session) : leastBusy;

            // No clock: a request takes as long as both its ends are there.
            request.Task = container.Task;
            request.StartedAt = now;
            container.Running[request.Id] = request;
            request.Seat.Take(new ServerPlace(container.Task, container.Port!.Value));
        }
    }

    /// <summary>All are to be replaced but those of one definition: who serves does so until the next does, the others get nothing more.</summary>
    public void ReplaceAll(DefinitionId? except)
    {
        foreach (PoolContainer container in all.Values)
        {
            if (container.Definition.Equals(except) || container.IsStopping)
            {
                continue;
            }

            if (container.Port is not null)
            {
                container.IsOutdated = true;
            }
            else
            {
                Stop(container, kill: false);
            }
        }
    }

    /// <summary>Lets all end when they have done what they have.</summary>
    public void StopAll()
    {
        foreach (PoolContainer container in all.Values.ToArray())
        {
            Stop(container, kill: false);
        }
    }

    public void StopOutdated()
    {
        foreach (PoolContainer container in all.Values)
        {
            if (container is { IsOutdated: true, IsStopping: false })
            {
                Stop(container, kill: false);
            }
        }
    }

    /// <summary>A container has nothing to do with an input any more.</summary>
    public void Release(TaskId task, InputId id, DateTimeOffset now)
    {
        if (Find(task) is { } container && container.Running.Remove(id, out PoolInput? input))
        {
            Clocks.Stop(input);
            input.Task = null;
            container.IdleSince = now;
        }
    }

    /// <summary>Asks a container to give an input up; it is killed when it does not.</summary>
    public void AskToGiveUp(PoolInput input, DateTimeOffset now)
    {
        PoolContainer container = all[input.Task!.Value];
        container.Canceled.Add(input.Id);
        container.Heartbeat?.TrySetResult();
        Clocks.Leave(input, now + CancelGrace);
    }

    /// <summary>When the next container is killed that has nothing to do any more; null when there is none.</summary>
    public DateTimeOffset? NextLeaving(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (PoolContainer container in all.Values)
        {
            if (container.IsStopping)
            {
                DateTimeOffset? by = LeavingBy(container, now);
                next = next < by ? next : by ?? next;
            }
        }

        return next;
    }

    /// <summary>A server is asked to end once its requests are done, or have had their time.</summary>
    private DateTimeOffset? LeavingBy(PoolContainer container, DateTimeOffset now)
    {
        container.DrainedBy ??= container.Grace is { } grace ? now + grace : null;
        if (container.Running.Count > 0 && !(container.DrainedBy <= now))
        {
            return container.DrainedBy;
        }

        if (container is { Grace: not null, LeavesBy: null, IsReady: true })
        {
            host.Terminate(container.Task);
        }

        return container.LeavesBy ??= now + LeaveTime;
    }

    /// <summary>Kills containers that had nothing to do any more and did not end by themselves.</summary>
    public void KillLingering(DateTimeOffset now)
    {
        foreach (PoolContainer container in all.Values)
        {
            if (container.LeavesBy <= now)
            {
                container.LeavesBy = now + LeaveTime;
                host.Kill(container.Task);
            }
        }
    }

    /// <summary>Kills containers that did not give up what they were asked to.</summary>
    public void KillStuck(DateTimeOffset now)
    {
        while (Clocks.FindStuck(now) is { } stuck)
        {
            Clocks.Stop(stuck);
            Stop(all[stuck.Task!.Value], kill: true);
        }
    }

    /// <summary>A container gets nothing more, and ends when it has done what it has; or at once.</summary>
    public void Stop(PoolContainer container, bool kill)
    {
        container.IsStopping = true;
        if (container.Waiter is { Got.Count: > 0 })
        {
            HandOut(container);
        }
        else if (container.Waiter is { } waiter)
        {
            Withdraw(container);
            waiter.Give(InputHandout.Last);
        }

        if (kill || !container.IsReady)
        {
            host.Kill(container.Task);
        }
    }

    public void Hear(TaskId task, DateTimeOffset now)
    {
        if (Find(task) is { } container)
        {
            container.LastHeartbeat = now;
        }
    }

    /// <summary>Kills the gang that has an input, which is to be tried again once all of it is gone; false when that is so already.</summary>
    public bool TryKillBefore(TaskId lead, PoolInput input, DateTimeOffset at, DateTimeOffset now)
    {
        if (Find(lead) is not { } gang || !gang.Running.ContainsKey(input.Id))
        {
            return false;
        }

        Release(lead, input.Id, now);
        gang.Next[input.Id] = (input, at);
        Stop(gang, kill: true);
        return true;
    }

    /// <summary>Lets one leave for others. Those of its own function that asked before these ask again, behind them.</summary>
    public void Leave(PoolContainer container)
    {
        Stop(container, kill: false);
        StopInLine(int.MaxValue);
    }

    /// <summary>Lets idle ones leave for others that wait for the machine; so many always stay.</summary>
    public void YieldIdle(FunctionPool pool, int min, DateTimeOffset now)
    {
        if (!host.IsCrowded)
        {
            return;
        }

        foreach (PoolContainer idle in all.Values.Where(each => each.IsIdle && each.HasHadItsTurn(now)).ToArray())
        {
            if (LiveCount > min && host.TryYield(pool, idle.Task))
            {
                Leave(idle);
            }
        }
    }

    /// <summary>When the next of them is to be looked at; null when none is.</summary>
    /// <param name="startTime">How long a start may take.</param>
    /// <param name="silenceMax">How long one may say nothing.</param>
    /// <param name="idleTime">How long one may be idle; null where none is to go for that.</param>
    /// <param name="now">Now.</param>
    public DateTimeOffset? NextDeadline(TimeSpan startTime, TimeSpan silenceMax, TimeSpan? idleTime, DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        void Consider(DateTimeOffset? at) => next = next is null || at < next ? at ?? next : next;
        foreach (PoolContainer container in all.Values)
        {
            if (container.IsStopping)
            {
                continue;
            }

            Consider(container.IsReady ? container.SilentBy(silenceMax) : container.StartedAt + startTime);
            Consider(idleTime is { } time && container.IsIdle ? container.IdleSince + time : null);
            Consider(host.IsCrowded && container.YieldsAt is { } yields && yields > now ? yields : null);
        }

        return next;
    }

    /// <summary>Gives up those that still wait for their place on the machine, the youngest first.</summary>
    public void StopInLine(int countMax)
    {
        foreach (PoolContainer inLine in all.Values.Where(each => each is { IsInLine: true, IsStopping: false }).Reverse().Take(countMax).ToArray())
        {
            Stop(inLine, kill: true);
        }
    }

    /// <summary>Lets those go that have been idle for long, the longest first.</summary>
    public void StopIdle(int countMax, TimeSpan idleTime, DateTimeOffset now)
    {
        for (; countMax > 0 && FindIdle() is { } longest && now - longest.IdleSince >= idleTime; countMax--)
        {
            Stop(longest, kill: false);
        }
    }

    private PoolContainer? FindIdle()
    {
        PoolContainer? longest = null;
        foreach (PoolContainer container in all.Values)
        {
            if (container.IsIdle && (longest is null || container.IdleSince < longest.IdleSince))
            {
                longest = container;
            }
        }

        return longest;
    }

    private void HandOut(PoolContainer container)
    {
        InputWaiter waiter = container.Waiter!;
        Withdraw(container);
        waiter.Give(new InputHandout([.. waiter.Got], false));
    }
}
