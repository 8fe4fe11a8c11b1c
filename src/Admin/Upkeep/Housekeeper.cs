using Appliance.Admin.Space;
using Appliance.Blocks;
using Appliance.Core.Errors;
using Microsoft.Extensions.Logging;

namespace Appliance.Admin.Upkeep;

/// <summary>
/// Keeps the stores tidy while the server runs: a while after the start and then once an hour it removes what is of no
/// use, and it scrubs. What fails is logged and tried again; stopping it takes no longer than the step it is at.
/// </summary>
public sealed class Housekeeper : IAsyncDisposable
{
    /// <summary>How long nothing must have been added to an upload before it counts as given up.</summary>
    public static readonly TimeSpan UnfinishedAge = TimeSpan.FromDays(3);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan DelayMax = TimeSpan.FromHours(1);

    private readonly StorageCleanup cleanup;
    private readonly SpaceSurveyor surveyor;
    private readonly ScrubRounds scrub;
    private readonly UpkeepMeter meter;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loops;

    public Housekeeper(StorageStores stores, SpaceSurveyor surveyor, TimeProvider clock, ILogger logger)
    {
        this.surveyor = surveyor;
        this.clock = clock;
        this.logger = logger;
        cleanup = new StorageCleanup(stores, clock);
        meter = new UpkeepMeter(stores.Blocks.QuarantineDirectory);
        scrub = new ScrubRounds(stores, meter, clock, logger);
        loops = Task.WhenAll(Task.Run(() => RepeatAsync("what is of no use", TidyAsync)), Task.Run(() => RepeatAsync("blocks by a scrub", scrub.StepAsync)));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loops;
        meter.Dispose();
        stop.Dispose();
    }

    private async Task<TimeSpan> TidyAsync(CancellationToken cancellation)
    {
        IReadOnlyList<PruneItem> removed = await cleanup.RunAsync(BlockStore.DefaultGrace, UnfinishedAge, allEnded: false, cancellation);
        long bytes = removed.Sum(item => item.Bytes);
        meter.Reclaimed(bytes);
        if (removed.Sum(item => item.Count) is > 0 and var count)
        {
            UpkeepLog.Removed(logger, count, bytes);
        }

        await surveyor.RefreshAsync(cancellation);
        return Interval;
    }

    private async Task RepeatAsync(string what, Func<CancellationToken, Task<TimeSpan>> step)
    {
        try
        {
            for (TimeSpan delay = FirstDelay; ; delay = await TryAsync(what, step))
            {
                await Task.Delay(delay < DelayMax ? delay : DelayMax, clock, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped; the next start goes on.
        }
    }

    private async Task<TimeSpan> TryAsync(string what, Func<CancellationToken, Task<TimeSpan>> step)
    {
        try
        {
            return await step(stop.Token);
        }
        catch (Exception failure) when (failure is ApplianceException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            UpkeepLog.Failed(logger, what, failure);
            return Interval;
        }
    }
}
