using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools.Gangs;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>The containers of one function, and the inputs that wait for them or are being worked on.</summary>
public sealed class FunctionPool : IDisposable
{
    /// <summary>A container that says nothing for so long is taken for dead; it speaks every 15 s (contracts/modal.md §4).</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly PoolInputs inputs = new();
    private readonly StartFailures failures = new();
    private readonly PoolContainers containers;
    private readonly FailedInputs failed;
    private readonly PoolGangs gangs;
    private readonly IPoolHost host;
    private readonly TimeProvider clock;
    private readonly int machineMax;
    private readonly int startsAtOnce;
    private readonly PoolAlarm alarm;
    private readonly SustainedDemand demand = new();
    private PoolScaling scale;
    private bool isClosed;

    internal FunctionPool(FunctionId id, AppId app, DefinitionId definitionId, FunctionDefinition definition, IPoolHost host, MachineSize machine, TimeProvider clock)
    {
        Id = id;
        App = app;
        DefinitionId = definitionId;
        Definition = definition;
        Scaling = definition.Scaling;
        inputs.Limit(definition.RateLimit);
        scale = Scaling.PerCluster(definition.ClusterSize);
        gangs = new PoolGangs(this, host);
        containers = new PoolContainers(gangs);
        failed = new FailedInputs(inputs, containers, gangs);
        Servers = new PoolServers(containers, inputs, failures, Change);
        this.host = gangs;
        machineMax = machine.ContainersMax;
        startsAtOnce = machine.StartsAtOnce;
        this.clock = clock;
        alarm = new PoolAlarm(clock, Tick);
    }

    public FunctionId Id { get; }

    public AppId App { get; }

    public DefinitionId DefinitionId { get; private set; }

    public FunctionDefinition Definition { get; private set; }

    /// <summary>As the definition has it, or as it was changed since.</summary>
    public PoolScaling Scaling { get; private set; }

    /// <summary>What containers serve by themselves, where the function is a server.</summary>
    public PoolServers Servers { get; }

    private TimeSpan InputTime => TimeSpan.FromSeconds(Definition.TimeoutSeconds);

    private TimeSpan StartTime => TimeSpan.FromSeconds(Definition.StartupTimeoutSeconds);

    /// <summary>How much there is to do, and who does it.</summary>
    public PoolStats Stats()
    {
        lock (gate)
        {
            return new PoolStats(inputs.WaitingCount, inputs.Count - inputs.WaitingCount, containers.LiveCount * Math.Max(1, Definition.ClusterSize));
        }
    }

    /// <summary>Takes inputs in.</summary>
    public void Add(IReadOnlyList<PoolInput> added) => Change(_ =>
    {
        foreach (PoolInput input in added)
        {
            inputs.Add(input);
        }
    });

    /// <summary>Takes up an input of an earlier server: with the container that works on it, or waiting.</summary>
    internal void Resume(PoolInput input, TaskId? task, DateTimeOffset at) => Change(_ =>
    {
        if (!inputs.TryOpen(input))
        {
            return;
        }

        if (task is { } holder && containers.Find(holder) is { } container)
        {
            containers.Claim(container, input, at);
        }
        else
        {
            inputs.WaitUntil(input, at);
        }
    });

    /// <summary>Takes up a container of an earlier server.</summary>
    internal void Adopt(TaskId task, DefinitionId definition)
    {
        lock (gate)
        {
            DateTimeOffset now = clock.GetUtcNow();
            TimeSpan? grace = Definition.Server?.Grace;
            containers.Add(new PoolContainer(task, now, definition) { StartedAt = now, ReadyAt = grace is null ? now : null, Grace = grace });
        }
    }

    /// <summary>Takes up a gang of an earlier server: its containers by rank, of which some may be gone.</summary>
    internal void AdoptGang(ClusterId id, IReadOnlyList<TaskId> tasks, DefinitionId definition)
    {
        gangs.Adopt(id, tasks);
        Adopt(tasks[0], definition);
    }

    /// <summary>The gang of a container; null where it works alone.</summary>
    internal Gang? FindGang(TaskId task) => gangs.Find(task);

    /// <summary>Waits for inputs on behalf of a container.</summary>
    /// <param name="task">The container.</param>
    /// <param name="max">How many it takes at most.</param>
    /// <param name="linger">How long it waits for more once it has one.</param>
    /// <param name="hold">How long to wait for the first.</param>
    /// <param name="cancellation">The container has gone; what it would have got goes to others.</param>
    public Task<InputHandout> TakeAsync(TaskId task, int max, TimeSpan linger, TimeSpan hold, CancellationToken cancellation) =>
        gangs.Find(task)?.TakeAsync(task, max, linger, hold, clock, cancellation) ?? TakeForAsync(task, max, linger, hold, cancellation);

    /// <summary>For a container that works alone, or a whole gang.</summary>
    internal async Task<InputHandout> TakeForAsync(TaskId task, int max, TimeSpan linger, TimeSpan hold, CancellationToken cancellation)
    {
        var waiter = new InputWaiter(Math.Max(1, max), linger);
        lock (gate)
        {
            if (containers.Find(task) is not { IsStopping: false } container || isClosed)
            {
                return InputHandout.Last;
            }

            DateTimeOffset now = clock.GetUtcNow();
            if (container.MarkReady(now))
            {
                failures.Clear();
            }

            container.LastHeartbeat = now;
            containers.Enroll(container, waiter);
            Settle(now);
        }

        try
        {
            return await waiter.Answered.WaitAsync(hold, clock, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            return Withdraw(task, waiter, isThere: failure is TimeoutException);
        }
    }

    /// <summary>Waits for inputs that a container is to give up.</summary>
    public Task<IReadOnlyList<InputId>> TakeCanceledAsync(TaskId task, TimeSpan hold, CancellationToken cancellation) =>
        gangs.Find(task)?.TakeCanceledAsync(task, hold, clock, cancellation) ?? TakeCanceledForAsync(task, hold, cancellation);

    /// <summary>For a container that works alone, or a whole gang.</summary>
    internal async Task<IReadOnlyList<InputId>> TakeCanceledForAsync(TaskId task, TimeSpan hold, CancellationToken cancellation)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (containers.Find(task) is not { } container)
            {
                return [];
            }

            container.LastHeartbeat = clock.GetUtcNow();
            container.Heartbeat = signal;
            if (container.Canceled.Count > 0)
            {
                signal.TrySetResult();
            }
        }

        await signal.Task.WaitAsync(hold, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            // What nobody would read is left for the next heartbeat.
            if (cancellation.IsCancellationRequested || containers.Find(task) is not { } container)
            {
                return [];
            }

            container.Heartbeat = container.Heartbeat == signal ? null : container.Heartbeat;
            InputId[] canceled = [.. container.Canceled];
            container.Canceled.Clear();
            return canceled;
        }
    }

    /// <summary>All of a gang have been heard.</summary>
    internal void Hear(TaskId lead) => Change(now => containers.Hear(lead, now));

    /// <summary>The input that a container has a result of; null where nobody wants it any more.</summary>
    public PoolInput? Find(TaskId task, InputId id)
    {
        lock (gate)
        {
            PoolInput? wanted = inputs.Find(id);
            PoolInput? held = containers.Find(task)?.Running.GetValueOrDefault(id);

            // An earlier server may have handed it out without a note of it.
            return held is null || held == wanted ? wanted : null;
        }
    }

    /// <summary>A container is done with an input.</summary>
    /// <param name="task">Which.</param>
    /// <param name="id">Of the input.</param>
    /// <param name="isEnded">Whether the input has a result now.</param>
    public void Complete(TaskId task, InputId id, bool isEnded) => Change(now =>
    {
        Release(task, id, now);
        if (isEnded)
        {
            inputs.End(id);
        }
    });

    /// <summary>An input is to be done again; where its gang is to end, not before that has ended.</summary>
    public void Retry(TaskId task, InputId id, TimeSpan delay, bool endsGang = false) => Change(now =>
    {
        if (endsGang && inputs.Find(id) is { } input && containers.TryKillBefore(task, input, now + delay, now))
        {
            return;
        }

        Release(task, id, now);
        inputs.WaitAgain(id, now + delay);
    });

    /// <summary>Inputs are to be given up; each gets its result elsewhere.</summary>
    /// <param name="ids">Which; unknown ones are passed over.</param>
    /// <param name="killsContainers">Whether the containers that work on them are to end.</param>
    public void Cancel(IEnumerable<InputId> ids, bool killsContainers) => Change(now =>
    {
        foreach (InputId id in ids)
        {
            if (inputs.End(id) is not { Task: { } task } input)
            {
                continue;
            }

            containers.AskToGiveUp(input, now);
            if (killsContainers)
            {
                containers.Stop(containers.Find(task)!, kill: true);
            }
        }
    });

    /// <summary>A container has failed, and says why: when it was not ready yet, all that wait get to know.</summary>
    /// <param name="task">The container.</param>
    /// <param name="message">For people.</param>
    /// <param name="body">Its own account, in the client's form.</param>
    public void FailStart(TaskId task, string message, byte[]? body) => Change(now =>
    {
        task = gangs.LeadOf(task);
        if (containers.Find(task) is { IsReady: true } ready)
        {
            // It failed at its end: another can do what waits.
            containers.Stop(ready, kill: false);
        }
        else if (containers.Find(task) is { } container)
        {
            container.IsStopping = true;
            failures.Add(null, now);
            FailWaiting(message, body);
        }
    });

    /// <summary>A container gets no inputs, and may take its time; another takes its place.</summary>
    internal void Detach(TaskId task) => Change(_ =>
    {
        if (containers.Find(task) is { } container)
        {
            (container.IsStopping, container.IsDetached) = (true, true);
        }
    });

    /// <summary>A container waits for its place on the machine.</summary>
    internal void ContainerWaits(TaskId task) => Change(_ =>
    {
        if (containers.Find(gangs.LeadOf(task)) is { StartedAt: null } container)
        {
            container.IsInLine = true;

            // It may wait for what those have that it is to replace.
            containers.StopOutdated();
        }
    });

    /// <summary>A container's process runs; until then it waited for its place on the machine.</summary>
    internal void ContainerStarted(TaskId task) => Change(now =>
    {
        if (gangs.Start(task) && containers.Find(gangs.LeadOf(task)) is { } container)
        {
            container.StartedAt ??= now;
            container.IsInLine = false;
            container.LastHeartbeat = now;
        }
    });

    /// <summary>Nothing of a container is left.</summary>
    internal void ContainerEnded(TaskId task, SandboxResult result) => Change(now =>
    {
        TaskId lead = gangs.LeadOf(task);
        if (gangs.End(task, result) is not { } whole)
        {
            containers.StopAsking(lead);
        }
        else if (containers.Remove(lead) is { } container)
        {
            Bury(container, whole, now);
        }
    });

    private void Bury(PoolContainer container, SandboxResult result, DateTimeOffset now)
    {
        // Each goes before all others, so the first must be the last to go there.
        foreach (PoolInput input in container.Running.Values.Reverse().Where(inputs.IsWanted))
        {
            failed.Lose(Definition, input, container, result, now);
        }

        foreach ((PoolInput input, DateTimeOffset at) in container.Next.Values)
        {
            AddNext(input, at);
        }

        // What was ended did not fail.
        if (!container.IsReady && !container.IsStopping && result.Ending != SandboxEnding.Terminated && failures.Add(result, now))
        {
            FailWaiting(StartFailures.Explain(Definition.Name, result), null);
        }
    }

    /// <summary>A new deployment: containers of the old one end when they have done what they have.</summary>
    internal void Redefine(DefinitionId definitionId, FunctionDefinition definition) => Change(_ =>
    {
        DefinitionId = definitionId;
        Definition = definition;
        SetScaling(definition.Scaling);
        inputs.Limit(definition.RateLimit);
        failures.Clear();
        containers.ReplaceAll(except: definitionId);
    });

    /// <summary>Every container ends when it has done what it has; new ones take over.</summary>
    public void Rollover() => Change(_ => containers.ReplaceAll(except: null));

    /// <summary>The function is not published any more: its containers end when they have done what they have.</summary>
    internal void Retire() => Change(_ =>
    {
        SetScaling(Scaling with { Min = 0 });
        containers.StopAll();
    });

    /// <summary>Other numbers from now on.</summary>
    public void Rescale(PoolScaling scaling) => Change(_ => SetScaling(scaling));

    /// <summary>Ends a container when it has done what it has, or at once.</summary>
    public void StopContainer(TaskId task, bool isGraceful) => Change(_ =>
    {
        if (containers.Find(gangs.LeadOf(task)) is { } container)
        {
            containers.Stop(container, kill: !isGraceful);
        }
    });

    /// <summary>Starts nothing and hands out nothing any more.</summary>
    internal void Close()
    {
        lock (gate)
        {
            isClosed = true;
            containers.StopAll();
            Settle(clock.GetUtcNow());
        }
    }

    /// <summary>Looks anew at what is to be done: containers that are always to be there start, others may leave for those that wait.</summary>
    internal void Review() => Change(_ => { });

    public void Dispose() => alarm.Dispose();

    private void SetScaling(PoolScaling scaling)
    {
        Scaling = scaling;
        scale = scaling.PerCluster(Definition.ClusterSize);
    }

    private void Change(Action<DateTimeOffset> change)
    {
        lock (gate)
        {
            DateTimeOffset now = clock.GetUtcNow();
            change(now);
            Settle(now);
        }
    }

    private void Tick() => Change(now =>
    {
        alarm.Heard();
        while (containers.Clocks.FindLate(InputTime, now) is { } late)
        {
            failed.TimeOut(Definition, late, now);
        }

        containers.KillStuck(now);
        containers.KillLingering(now);
        foreach (PoolContainer container in containers.All.Where(each => !each.IsStopping).ToArray())
        {
            if (container is { IsReady: false, StartedAt: { } started } && now - started >= StartTime)
            {
                FailWaiting(StartFailures.ExplainSlow(Definition.Name, Definition.StartupTimeoutSeconds), null);
                containers.Stop(container, kill: true);
            }
            else if (container.IsReady && container.SilentBy(SilenceMax) < now)
            {
                containers.Stop(container, kill: true);
            }
        }
    });

    /// <summary>Hands out what can be, starts and ends containers, and sets the clock for what comes next.</summary>
    private void Settle(DateTimeOffset now)
    {
        if (isClosed)
        {
            DropWaiting();
            return;
        }

        if (failures.IsBroken(now) && failures.Told is { } told && !containers.All.Any(each => each.IsReady))
        {
            FailWaiting(told.Message, told.Body);
        }

        HandOut(now);
        int wanted = Math.Max(scale.Wanted(inputs.Count, Definition.PerContainer, Math.Max(1, machineMax / Math.Max(1, Definition.ClusterSize))), containers.HasOutdated ? 1 : 0);
        containers.Route(inputs, wanted, now);
        containers.YieldIdle(this, scale.Min, now);
        int live = containers.LiveCount;
        if (demand.Lasts(live, wanted, scale, now) && now >= failures.NextTry)
        {
            for (int missing = Math.Min(wanted - live, containers.Room(startsAtOnce)); missing > 0; missing--)
            {
                var container = new PoolContainer(TaskId.Mint(isVersion2: false), now, DefinitionId) { Grace = Definition.Server?.Grace };
                containers.Add(container);
                host.Launch(this, container.Task);
            }
        }
        else if (live > wanted)
        {
            containers.StopInLine(live - wanted);
            containers.StopIdle(live - wanted, Scaling.IdleTime, now);
        }

        SetTimer(now, isTooMany: live > wanted);
    }

    private void HandOut(DateTimeOffset now)
    {
        List<PoolInput>? given = null;
        inputs.Advance(now);
        while (inputs.CanTake(now) && containers.NextInLine is { } container)
        {
            if (host.IsCrowded && container.Waiter!.Got.Count == 0 && container.HasHadItsTurn(now) && containers.LiveCount > scale.Min && host.TryYield(this, container.Task))
            {
                containers.Leave(container);
                continue;
            }

            PoolInput input = inputs.Take(now);
            containers.Give(container, input, now);
            (given ??= []).Add(input);
        }

        containers.HandOutDue(now);
        if (given is not null)
        {
            host.NoteClaims(given);
        }
    }

    private InputHandout Withdraw(TaskId task, InputWaiter waiter, bool isThere)
    {
        lock (gate)
        {
            if (waiter.Given is { } given)
            {
                // Handed out just now: it counts as given, even if nobody reads it. The container's end brings it back.
                return given;
            }

            waiter.Give(InputHandout.Nothing);
            if (containers.Find(task) is { } container && container.Waiter == waiter)
            {
                containers.Withdraw(container);
                if (waiter.Got.Count > 0 && isThere)
                {
                    return new InputHandout([.. waiter.Got], false);
                }

                DateTimeOffset now = clock.GetUtcNow();
                foreach (PoolInput input in Enumerable.Reverse(waiter.Got))
                {
                    containers.Release(task, input.Id, now);
                    if (inputs.IsWanted(input))
                    {
                        inputs.WaitFirst(input);
                    }
                }

                Settle(now);
            }

            return InputHandout.Nothing;
        }
    }

    private void Release(TaskId task, InputId id, DateTimeOffset now)
    {
        containers.Release(task, id, now);
        if (containers.Find(task) is { } container && container.Next.Remove(id, out (PoolInput Input, DateTimeOffset At) next))
        {
            AddNext(next.Input, next.At);
        }
    }

    private void AddNext(PoolInput input, DateTimeOffset at)
    {
        if (inputs.IsWanted(input))
        {
            inputs.WaitUntil(input, at);
        }
    }

    /// <summary>When an input that failed is to be begun anew; null when it is not.</summary>
    public TimeSpan? RetryAfter(PoolInput input) => FailedInputs.RetryAfter(Definition, input);

    private void FailWaiting(string message, byte[]? body)
    {
        failures.Told = (message, body);
        if (inputs.EndWaiting() is { Count: > 0 } waiting)
        {
            host.End(waiting, InputStatus.InitFailure, message, body);
        }
    }

    /// <summary>The app is over. What is stored gets its result with the app's end.</summary>
    private void DropWaiting()
    {
        PoolInput[] connected = [.. inputs.EndWaiting().Where(each => each.IsDirect)];
        if (connected.Length > 0)
        {
            host.End(connected, InputStatus.Terminated, "The app was stopped.");
        }
    }

    private void SetTimer(DateTimeOffset now, bool isTooMany)
    {
        DateTimeOffset next = containers.Clocks.Next(InputTime);
        void Consider(DateTimeOffset? at) => next = at is { } time && time < next ? time : next;
        Consider(inputs.NextDue(now));
        Consider(containers.NextHandout);
        Consider(failures.NextTry > now ? failures.NextTry : null);
        Consider(demand.Due > now ? demand.Due : null);
        Consider(containers.NextLeaving(now));
        Consider(containers.NextDeadline(StartTime, SilenceMax, isTooMany ? Scaling.IdleTime : null, now));
        alarm.Set(next, now);
    }
}
