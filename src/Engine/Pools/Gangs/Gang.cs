using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Calls;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Pools.Gangs;

/// <summary>
/// Containers that work on every input together, and live and end together. Their pool knows them as one container, under
/// the task of rank 0: the gang asks it for an input when all members ask, gives what it gets to each, and has one result.
/// </summary>
/// <remarks>The pool calls in here under its lock, so this never calls the pool under its own.</remarks>
internal sealed class Gang
{
    private readonly Lock gate = new();
    private readonly FunctionPool pool;
    private readonly GangMember[] members;
    private readonly TaskCompletionSource met = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<InputId, GangWork> works = [];
    private SandboxResult? end;
    private bool isAsking;
    private bool isListening;
    private bool isOver;
    private bool isBroken;

    public Gang(FunctionPool pool, ClusterId id, IReadOnlyList<TaskId> tasks)
    {
        this.pool = pool;
        Id = id;
        Tasks = tasks;
        members = [.. tasks.Select(task => new GangMember(task))];
    }

    public ClusterId Id { get; }

    /// <summary>By rank.</summary>
    public IReadOnlyList<TaskId> Tasks { get; }

    /// <summary>How the pool knows it.</summary>
    public TaskId Lead => Tasks[0];

    /// <summary>A server that comes back knows nothing of what was said: whoever still waits need not.</summary>
    public void Resume()
    {
        met.TrySetResult();
        foreach (GangMember member in members)
        {
            member.HasStarted = true;
        }
    }

    /// <summary>Waits until the programs of all members run.</summary>
    /// <exception cref="ApplianceException">Unavailable: the gang ends.</exception>
    public async Task MeetAsync(TaskId task, CancellationToken cancellation)
    {
        lock (gate)
        {
            Find(task).HasSaidHello = true;
            if (Array.TrueForAll(members, each => each.HasSaidHello))
            {
                met.TrySetResult();
            }
        }

        await met.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>As <see cref="FunctionPool.TakeAsync"/>, for a member.</summary>
    public async Task<InputHandout> TakeAsync(TaskId task, int max, TimeSpan linger, TimeSpan hold, TimeProvider clock, CancellationToken cancellation)
    {
        Hear(task);
        var question = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        GangMember member = Find(task);
        bool isLast;
        lock (gate)
        {
            if (member.Given.TryDequeue(out InputHandout? given))
            {
                return given;
            }

            if (isOver)
            {
                return InputHandout.Last;
            }

            member.Question?.TrySetResult();
            member.Question = question;
            isLast = !isAsking && Array.TrueForAll(members, each => each.Question is not null);
            isAsking |= isLast;
        }

        if (isLast)
        {
            _ = AskAsync(max, linger);
        }

        await question.Task.WaitAsync(hold, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            bool isNewest = member.Question is null || member.Question == question;
            if (isNewest)
            {
                member.Question = null;
            }

            // What nobody would read stays for the member's next question.
            return !isNewest || cancellation.IsCancellationRequested || !question.Task.IsCompleted ? InputHandout.Nothing
                : member.Given.TryDequeue(out InputHandout? given) ? given
                : isOver ? InputHandout.Last : InputHandout.Nothing;
        }
    }

    /// <summary>As <see cref="FunctionPool.TakeCanceledAsync"/>, for a member.</summary>
    public async Task<IReadOnlyList<InputId>> TakeCanceledAsync(TaskId task, TimeSpan hold, TimeProvider clock, CancellationToken cancellation)
    {
        Hear(task);
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        GangMember member = Find(task);
        bool isFirst;
        lock (gate)
        {
            member.Heartbeat = signal;
            if (member.Canceled.Count > 0 || isBroken)
            {
                signal.TrySetResult();
            }

            isFirst = !isListening;
            isListening = true;
        }

        if (isFirst)
        {
            _ = ListenAsync();
        }

        await signal.Task.WaitAsync(hold, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            if (cancellation.IsCancellationRequested)
            {
                return [];
            }

            InputId[] canceled = [.. member.Canceled];
            member.Canceled.Clear();
            return canceled;
        }
    }

    /// <summary>A member is done with an input.</summary>
    /// <param name="task">The member.</param>
    /// <param name="outcome">What it says came of it.</param>
    /// <param name="isWanted">Whether the input has no result yet, and waits for that of this attempt.</param>
    public GangReport Report(TaskId task, InputOutcome outcome, bool isWanted)
    {
        lock (gate)
        {
            if (!works.TryGetValue(outcome.Id, out GangWork? work) || work.Attempt != outcome.Attempt)
            {
                works[outcome.Id] = work = new GangWork(outcome.Attempt);
            }

            int rank = Array.IndexOf(members, Find(task));
            work.Done.Add(rank);
            work.OfFirst = rank == 0 ? outcome : work.OfFirst;
            bool isDone = work.Done.Count == members.Length;
            bool fails = isWanted && outcome.Status != InputStatus.Success;
            if (!work.IsDecided && (isDone || fails))
            {
                work.IsDecided = true;
                return new GangReport(work, fails ? outcome : work.OfFirst ?? outcome, EndsGang: fails && members.Length > 1);
            }

            return new GangReport(isWanted ? work : null, null, EndsGang: false);
        }
    }

    /// <summary>A decision is durable; or it is not, and all that wait for it are to say again what they said.</summary>
    public void Settle(InputId id, GangWork work, Exception? failure)
    {
        lock (gate)
        {
            if (works.GetValueOrDefault(id) == work)
            {
                works.Remove(id);
            }
        }

        if (failure is null)
        {
            work.Settled.TrySetResult();
        }
        else
        {
            work.Settled.TrySetException(failure);
        }
    }

    /// <summary>A member's process runs; true for the last one of all.</summary>
    public bool Start(TaskId task)
    {
        lock (gate)
        {
            Find(task).HasStarted = true;
            return Array.TrueForAll(members, each => each.HasStarted);
        }
    }

    /// <summary>Nothing of a member is left.</summary>
    /// <returns>The members that are to be killed because of that; and, once all are gone, how the gang ended.</returns>
    public (IReadOnlyList<TaskId> Others, SandboxResult? Result) End(TaskId task, SandboxResult result)
    {
        TaskId[] others = [];
        SandboxResult? last;
        lock (gate)
        {
            GangMember gone = Find(task);
            gone.HasEnded = true;
            if (!isBroken && !(isOver && result.Ending == SandboxEnding.Success))
            {
                // Not one of those that were told to leave. What ends after it ends because of it.
                isBroken = true;
                end = Explain(result, Array.IndexOf(members, gone));
                others = [.. members.Where(each => !each.HasEnded).Select(each => each.Task)];
            }

            end ??= result;
            isOver = true;
            foreach (GangMember member in members)
            {
                member.Heartbeat?.TrySetResult();
                member.Question?.TrySetResult();
            }

            last = Array.TrueForAll(members, each => each.HasEnded) ? end : null;
        }

        Exception over = Over();
        met.TrySetException(over);
        _ = met.Task.Exception;
        if (last is not null)
        {
            Forget(over);
        }

        return (others, last);
    }

    private static ApplianceException Over() => new(ErrorKind.Unavailable, "The cluster of this container ends: one of its containers has ended.");

    private void Forget(Exception over)
    {
        lock (gate)
        {
            foreach (GangWork work in works.Values)
            {
                work.Settled.TrySetException(over);
                _ = work.Settled.Task.Exception;
            }

            works.Clear();
        }
    }

    /// <summary>Before all have met, a failure is one of the start, of which much is told already.</summary>
    private SandboxResult Explain(SandboxResult result, int rank) => members.Length == 1 || !met.Task.IsCompletedSuccessfully ? result
        : result with { Message = $"{result.Message} It was rank {rank} of a cluster of {members.Length}.".TrimStart() };

    private GangMember Find(TaskId task) => Array.Find(members, each => each.Task.Equals(task))!;

    /// <summary>The gang is alive when each of its members is.</summary>
    private void Hear(TaskId task)
    {
        lock (gate)
        {
            Find(task).IsHeard = true;
            if (!Array.TrueForAll(members, each => each.IsHeard))
            {
                return;
            }

            foreach (GangMember member in members)
            {
                member.IsHeard = false;
            }
        }

        pool.Hear(Lead);
    }

    /// <summary>Asks the pool until there is something. What it gets waits for members that do not ask just then.</summary>
    private async Task AskAsync(int max, TimeSpan linger)
    {
        InputHandout handout;
        do
        {
            handout = await pool.TakeForAsync(Lead, max, linger, Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
        }
        while (handout is { Inputs.Count: 0, IsLast: false });

        lock (gate)
        {
            isAsking = false;
            isOver |= handout.IsLast;
            foreach (GangMember member in members)
            {
                if (handout.Inputs.Count > 0)
                {
                    member.Given.Enqueue(handout);
                }

                member.Question?.TrySetResult();
                member.Question = null;
            }
        }
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            IReadOnlyList<InputId> canceled = await pool.TakeCanceledForAsync(Lead, Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
            lock (gate)
            {
                if (canceled.Count == 0)
                {
                    isListening = false;
                    return;
                }

                foreach (GangMember member in members)
                {
                    member.Canceled.AddRange(canceled);
                    member.Heartbeat?.TrySetResult();
                }
            }
        }
    }
}
