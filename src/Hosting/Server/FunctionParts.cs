using Appliance.Core.Lifetime;
using Appliance.Engine.Access;
using Appliance.Engine.Apps;
using Appliance.Engine.Calls;
using Appliance.Engine.Functions;
using Appliance.Engine.Logs;
using Appliance.Engine.Pools;
using Appliance.Engine.Resources;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Schedules;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Gateways.Modal.Functions;
using Appliance.Metadata;

namespace Appliance.Hosting.Server;

/// <summary>What apps and their functions are made of.</summary>
public sealed class FunctionParts : IAsyncDisposable
{
    private readonly RepeatedWork tidying;

    private FunctionParts(RepeatedWork tidying) => this.tidying = tidying;

    public required FunctionPools Pools { get; init; }

    public required DirectCalls Direct { get; init; }

    public required CallDesk Calls { get; init; }

    public required ServerDesk Servers { get; init; }

    public required FunctionSchedules Schedules { get; init; }

    public required AppLogs Logs { get; init; }

    public required FunctionSnapshots Snapshots { get; init; }

    public required AppRuns Apps { get; init; }

    public static FunctionParts Open(
        MetadataStore store, StorageParts storage, SandboxSupervisor supervisor, FunctionOutfit outfit, FunctionSnapshots snapshots, AppLogs logs, MachinePressure pressure, TimeProvider clock, Action<Exception> report)
    {
        var signals = new CallSignals();
        var direct = new DirectCalls();
        var pools = new FunctionPools(store, supervisor, outfit, snapshots, signals, direct, logs, pressure, new SteadyClock(clock), report);
        var calls = new CallDesk(store, pools, signals, direct, clock);
        return new FunctionParts(new RepeatedWork(AppUpkeep.Interval, clock, new AppUpkeep(store, logs, clock).TidyAsync, report))
        {
            Pools = pools,
            Direct = direct,
            Calls = calls,
            Servers = new ServerDesk(pools, supervisor),
            Schedules = new FunctionSchedules(store, calls, ScheduleWords.NoArguments, clock, report),
            Logs = logs,
            Snapshots = snapshots,
            Apps = new AppRuns(store, supervisor, pools, logs, storage.Apps, report),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await tidying.DisposeAsync();
        await Schedules.DisposeAsync();
        await Pools.DisposeAsync();
    }
}
