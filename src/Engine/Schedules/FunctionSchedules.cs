using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Calls;
using Appliance.Engine.Functions;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Scheduling.Pools;
using Appliance.Scheduling.Schedules;

namespace Appliance.Engine.Schedules;

/// <summary>
/// Calls functions when it is time. That a call was made and when the next is due are one transaction, so that none is made
/// twice. What was missed while the server was down is made up for once, if it is not long ago.
/// </summary>
public sealed class FunctionSchedules : IAsyncDisposable
{
    private static readonly TimeSpan LatenessMax = TimeSpan.FromHours(1);

    /// <summary>Timers cannot wait longer than some weeks, and clocks are put right.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);

    private readonly MetadataStore store;
    private readonly CallDesk calls;
    private readonly InputArguments nothing;
    private readonly TimeProvider clock;
    private readonly Action<Exception> report;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim changed = new(0);
    private readonly Task loop;

    /// <param name="store">Where schedules are.</param>
    /// <param name="calls">Makes the calls.</param>
    /// <param name="nothing">What a call without arguments carries.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="report">Told what went wrong; it is tried again.</param>
    public FunctionSchedules(MetadataStore store, CallDesk calls, InputArguments nothing, TimeProvider clock, Action<Exception> report)
    {
        this.store = store;
        this.calls = calls;
        this.nothing = nothing;
        this.clock = clock;
        this.report = report;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Begins a function's schedule anew; or ends it, when it has none.</summary>
    public static void Restart(WriteTransaction write, FunctionId function, FunctionSchedule? schedule)
    {
        if (schedule?.Next(write.Now) is { } next)
        {
            ScheduleRows.Put(write, function, next);
        }
        else
        {
            ScheduleRows.Delete(write, function);
        }
    }

    /// <summary>Schedules have changed.</summary>
    public void Wake() => changed.Release();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
        changed.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await CallDueAsync();
                TimeSpan wait = store.Read(ScheduleRows.FindNext) is { } next ? next - clock.GetUtcNow() : LookAgain;
                await WaitAsync(wait < LookAgain ? wait : LookAgain);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure)
            {
                report(failure);
                await WaitAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WaitAsync(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            await Task.WhenAny(changed.WaitAsync(either.Token), Task.Delay(time, clock, either.Token));
            await either.CancelAsync();
            stop.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task CallDueAsync()
    {
        if (store.Read(read => ScheduleRows.ListDue(read, clock.GetUtcNow())).Count == 0)
        {
            return;
        }

        List<(FunctionId Function, IReadOnlyList<PoolInput> Inputs)> begun = await store.WriteAsync(write =>
        {
            List<(FunctionId, IReadOnlyList<PoolInput>)> made = [];
            foreach ((FunctionId id, DateTimeOffset at) in ScheduleRows.ListDue(write, clock.GetUtcNow()))
            {
                if (FunctionRows.Find(write, id) is not { DefinitionId: not null } function || AppRows.Find(write, function.AppId) is not { } app)
                {
                    ScheduleRows.Delete(write, id);
                    continue;
                }

                FunctionDefinition definition = FunctionDefinition.Read(FunctionDirectory.FindDefinition(write, function)!.Definition);
                Restart(write, id, definition.Schedule);
                if (write.Now - at < LatenessMax)
                {
                    made.Add((id, Create(write, function, app)));
                }
            }

            return made;
        });
        foreach ((FunctionId function, IReadOnlyList<PoolInput> inputs) in begun)
        {
            calls.Begin(function, inputs);
        }
    }

    private IReadOnlyList<PoolInput> Create(WriteTransaction write, FunctionRecord function, AppRecord app)
    {
        var caller = new Caller(app.WorkspaceId, TokenId.FromText(app.Id.Text), "schedule");
        CallRecord call = CallDesk.Create(write, caller, function, CallKind.Spawned, null);
        return CallDesk.AddInputs(write, call, [new NewInput(0, "", nothing)]);
    }
}
