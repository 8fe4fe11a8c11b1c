using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Pools;
using Appliance.Engine.Pools.Gangs;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Calls;

/// <summary>Calls of functions: their inputs come in here, and their results go out.</summary>
public sealed class CallDesk(MetadataStore store, FunctionPools pools, CallSignals signals, DirectCalls direct, TimeProvider clock)
{
    /// <exception cref="ApplianceException">InvalidArgument: no such kind of id. NotFound: it never was, or is long over.</exception>
    public static CallRecord Get(ReadTransaction read, Caller caller, string id) =>
        CallRows.Find(read, ObjectId.Read<FunctionCallId>(id)) is { } call && call.WorkspaceId.Equals(caller.WorkspaceId)
            ? call
            : throw new ApplianceException(ErrorKind.NotFound, $"Function call '{id}' not found: its app has stopped, its results have expired, or it never was.");

    /// <summary>Stores a new call. Its inputs are added in the same transaction, and begun once it is durable.</summary>
    public static CallRecord Create(WriteTransaction write, Caller caller, FunctionRecord function, CallKind kind, InputId? parent)
    {
        var call = new CallRecord(ObjectId.Mint<FunctionCallId>(), function.Id, function.AppId, caller.WorkspaceId, kind, parent, write.Now);
        CallRows.Add(write, call);
        return call;
    }

    /// <summary>Stores inputs of a call.</summary>
    /// <returns>In the order given, for <see cref="Begin"/>.</returns>
    /// <exception cref="ApplianceException">FailedPrecondition: the call was canceled.</exception>
    public static IReadOnlyList<PoolInput> AddInputs(WriteTransaction write, CallRecord call, IReadOnlyList<NewInput> inputs)
    {
        if (call.IsCanceled)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Function call '{call.Id}' was canceled and takes no more inputs.");
        }

        var added = new List<PoolInput>(inputs.Count);
        foreach (NewInput input in inputs)
        {
            var record = new InputRecord(ObjectId.Mint<InputId>(), call.Id, call.FunctionId, input.Position, input.Method, 0, 0, write.Now);
            InputRows.Add(write, record, input.Arguments);
            added.Add(new PoolInput(record.Id, call.Id, input.Method, call.Kind.HasFlag(CallKind.Spawned)) { Arguments = input.Arguments });
        }

        CallRows.AddInputs(write, call.Id, inputs.Count);
        return added;
    }

    /// <summary>Lets the function's containers have inputs that are durable.</summary>
    public void Begin(FunctionId function, IReadOnlyList<PoolInput> inputs) => pools.Get(function).Add(inputs);

    /// <summary>How often failed inputs of a function are begun anew; null when no pool of it is there yet.</summary>
    public RetryPolicy? FindRetry(FunctionId function) => pools.Find(function)?.Definition.Retry;

    /// <summary>Looks for news of a call until there is some.</summary>
    /// <param name="call">Whose.</param>
    /// <param name="look">What is looked for; nothing found is an empty list.</param>
    /// <param name="wait">How long to wait when there is nothing; zero not to.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<IReadOnlyList<T>> AwaitAsync<T>(
        FunctionCallId call, Func<ReadTransaction, IReadOnlyList<T>> look, TimeSpan wait, CancellationToken cancellation)
        where T : class
    {
        DateTimeOffset until = clock.GetUtcNow() + wait;
        using CallWatch watch = signals.Watch(call);
        while (true)
        {
            Task news = watch.Next();
            IReadOnlyList<T> found = store.Read(look);
            TimeSpan left = until - clock.GetUtcNow();
            if (found.Count > 0 || left <= TimeSpan.Zero)
            {
                return found;
            }

            await news.WaitAsync(left, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes results from a container. Those of inputs that have one already change nothing.</summary>
    /// <param name="function">Whose container it is.</param>
    /// <param name="task">The container.</param>
    /// <param name="outcomes">Of one of a cluster they count once all ranks have said theirs; it waits for that.</param>
    /// <param name="cancellation">Ends that waiting.</param>
    /// <exception cref="ApplianceException">Unavailable: the container's cluster ends, which is why nothing comes of them.</exception>
    public async Task PutResultsAsync(FunctionId function, TaskId task, IReadOnlyList<InputOutcome> outcomes, CancellationToken cancellation)
    {
        FunctionPool pool = pools.Get(function);
        if (pool.FindGang(task) is not { } gang)
        {
            await PutAsync(pool, task, outcomes);
            return;
        }

        foreach (InputOutcome outcome in outcomes)
        {
            await PutTogetherAsync(pool, gang, task, outcome, cancellation);
        }
    }

    /// <summary>A container was handed an input that somebody has ended meanwhile.</summary>
    public void GiveBack(FunctionId function, TaskId task, PoolInput input)
    {
        FunctionPool pool = pools.Get(function);
        var nothing = new InputOutcome(input.Id, input.Attempt, InputStatus.Terminated, 0, [], "");
        if (pool.FindGang(task) is not { } gang)
        {
            pool.Complete(task, input.Id, isEnded: true);
        }
        else if (gang.Report(task, nothing, isWanted: false) is { Decision: not null } last)
        {
            pool.Complete(gang.Lead, input.Id, isEnded: true);
            gang.Settle(input.Id, last.Work!, null);
        }
    }

    // Nobody is told that his word was taken before the result is durable: after a kill each says his again.
    private async Task PutTogetherAsync(FunctionPool pool, Gang gang, TaskId task, InputOutcome outcome, CancellationToken cancellation)
    {
        bool isWanted = pool.Find(gang.Lead, outcome.Id) is { } input && outcome.Attempt >= input.Attempt;
        GangReport report = gang.Report(task, outcome, isWanted);
        if (report.Decision is not { } decision)
        {
            await (report.Work?.Settled.Task ?? Task.CompletedTask).WaitAsync(cancellation);
            return;
        }

        try
        {
            await PutAsync(pool, gang.Lead, [decision], report.EndsGang);
        }
        catch (Exception failure)
        {
            gang.Settle(outcome.Id, report.Work!, failure);
            throw;
        }

        if (report.EndsGang)
        {
            pool.StopContainer(gang.Lead, isGraceful: false);
        }

        gang.Settle(outcome.Id, report.Work!, null);
    }

    private async Task PutAsync(FunctionPool pool, TaskId task, IReadOnlyList<InputOutcome> outcomes, bool endsGang = false)
    {
        List<(InputOutcome Outcome, PoolInput Input, TimeSpan? Delay, Claim? Claim)> wanted = [];
        foreach (InputOutcome outcome in outcomes)
        {
            PoolInput? input = pool.Find(task, outcome.Id);
            if (input is { IsDirect: true })
            {
                pool.Complete(task, outcome.Id, isEnded: true);
                direct.End(input.Call, new DirectOutcome(outcome.Status, outcome.Message.Length > 0 ? outcome.Message : null, task));
            }
            else if (input is not null && outcome.Attempt >= input.Attempt)
            {
                bool canBeAgain = outcome.Status is InputStatus.Failure or InputStatus.Timeout;
                wanted.Add((outcome, input, canBeAgain ? pool.RetryAfter(input) : null, pools.TakeClaim(input.Id)));
            }
            else
            {
                pool.Complete(task, outcome.Id, isEnded: false);
            }
        }

        if (wanted.Count == 0)
        {
            return;
        }

        await store.WriteAsync(write =>
        {
            foreach ((InputOutcome outcome, PoolInput input, TimeSpan? delay, Claim? claim) in wanted)
            {
                if (delay is { } later)
                {
                    InputRows.SetAgain(write, input.Id, input.Attempt + 1, input.Losses, write.Now + later);
                }
                else
                {
                    InputRows.End(write, input.Call, input.Id, outcome.Status, outcome.Format, outcome.Body, null, claim?.Task, claim?.StartedAt);
                }
            }
        }).ConfigureAwait(false);

        foreach ((InputOutcome _, PoolInput input, TimeSpan? delay, Claim? _) in wanted)
        {
            if (delay is { } later)
            {
                input.Attempt++;
                pool.Retry(task, input.Id, later, endsGang);
            }
            else
            {
                pool.Complete(task, input.Id, isEnded: true);
                signals.Raise(input.Call);
            }
        }
    }

    /// <summary>Ends a call: what has no result gets one that says so. Durable when this answers.</summary>
    public async Task CancelAsync(CallRecord call, bool killsContainers, CancellationToken cancellation)
    {
        InputRecord[] ended = await store.WriteAsync(
            write =>
            {
                CallRows.SetCanceled(write, call.Id);
                InputRecord[] open = [.. InputRows.ListOpen(write, call.Id)];
                foreach (InputRecord input in open)
                {
                    InputRows.End(write, call.Id, input.Id, InputStatus.Terminated, 0, null, "The call was canceled.");
                }

                return open;
            },
            cancellation).ConfigureAwait(false);
        pools.Find(call.FunctionId)?.Cancel(ended.Select(each => each.Id), killsContainers);
        signals.Raise(call.Id);

        // What the canceled work called is of no use to anybody either.
        foreach (CallRecord child in store.Read(read => ended.SelectMany(each => CallRows.ListOfParent(read, each.Id)).ToArray()))
        {
            await CancelAsync(child, killsContainers, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>What inputs carry, in their order; null for one that somebody has ended meanwhile.</summary>
    public InputArguments?[] FindArguments(IReadOnlyList<PoolInput> inputs)
    {
        var found = new InputArguments?[inputs.Count];
        bool isComplete = true;
        for (int index = 0; index < found.Length; index++)
        {
            PoolInput input = inputs[index];
            found[index] = input.IsDirect ? direct.Find(input.Call)?.Arguments : input.Arguments;
            input.Arguments = null;
            isComplete &= input.IsDirect || found[index] is not null;
        }

        if (isComplete)
        {
            return found;
        }

        return store.Read(read =>
        {
            for (int index = 0; index < found.Length; index++)
            {
                found[index] ??= inputs[index].IsDirect ? null : InputRows.FindArguments(read, inputs[index].Id);
            }

            return found;
        });
    }

    /// <summary>Begins a call whose caller stays connected to it.</summary>
    /// <exception cref="ApplianceException">NotFound: the function. FailedPrecondition: it is not defined yet.</exception>
    public (DirectCall Call, PoolInput Input) BeginDirect(FunctionId function, string method, InputArguments arguments)
    {
        FunctionPool pool = pools.Get(function);
        (DirectCall call, PoolInput input) = direct.Create(method, arguments);
        pool.Add([input]);
        return (call, input);
    }

    /// <summary>The caller of a direct call has gone.</summary>
    public void LeaveDirect(FunctionId function, DirectCall call, PoolInput input)
    {
        pools.Find(function)?.Cancel([input.Id], killsContainers: false);
        direct.End(call.Id, new DirectOutcome(InputStatus.Terminated, "The caller has gone."));
    }

    /// <summary>Takes pieces that a call yields. Durable when this answers.</summary>
    public async Task YieldAsync(FunctionCallId call, IReadOnlyList<(long Number, byte[] Body)> pieces)
    {
        await store.WriteAsync(write =>
        {
            foreach ((long number, byte[] body) in pieces)
            {
                ChunkRows.Add(write, call, number, body);
            }
        }).ConfigureAwait(false);
        signals.Raise(call);
    }
}
