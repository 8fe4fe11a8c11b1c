using Appliance.Admin.Space;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Core.Digests;
using Microsoft.Extensions.Logging;

namespace Appliance.Admin.Upkeep;

/// <summary>Compares all that is stored with its digests once a week, slowly, in parts, and goes on after a restart where it was.</summary>
public sealed class ScrubRounds(StorageStores stores, UpkeepMeter meter, TimeProvider clock, ILogger logger)
{
    private const long BytesPerSecondMax = 20 * 1000 * 1000;

    private static readonly TimeSpan RoundInterval = TimeSpan.FromDays(7);

    /// <summary>Does the next part if one is due.</summary>
    /// <returns>How long to wait before asking again.</returns>
    public async Task<TimeSpan> StepAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        ScrubState state = ScrubState.Find(stores.Metadata) ?? new ScrubState(now, BlockStore.ShelfCount);
        if (state.NextShelf >= BlockStore.ShelfCount)
        {
            if (now - state.BegunAt < RoundInterval)
            {
                await state.SaveAsync(stores.Metadata, cancellation);
                return state.BegunAt + RoundInterval - now;
            }

            state = new ScrubState(now, 0);
        }

        ScrubReport report = await stores.Blocks.ScrubShelfAsync(state.NextShelf, BytesPerSecondMax, cancellation);
        meter.Scrubbed(report.Bytes);
        foreach (Digest damaged in report.Damaged)
        {
            UpkeepLog.Damaged(logger, damaged.ToString(), stores.Blocks.QuarantineDirectory);
        }

        await ScrubContentsAsync(state.NextShelf, cancellation);
        state = state with { NextShelf = state.NextShelf + 1 };
        await state.SaveAsync(stores.Metadata, cancellation);
        if (state.NextShelf == BlockStore.ShelfCount)
        {
            UpkeepLog.Scrubbed(logger);
        }

        return TimeSpan.Zero;
    }

    private async Task ScrubContentsAsync(int shelf, CancellationToken cancellation)
    {
        ScrubReport report = await stores.Contents.Scrubber.ScrubShelfAsync(shelf, BytesPerSecondMax, cancellation);
        meter.Scrubbed(report.Bytes);
        meter.DamagedContents(report.Damaged.Count);
        foreach (Digest damaged in report.Damaged)
        {
            UpkeepLog.DamagedContent(logger, stores.Contents.Scrubber.PathOf(damaged));
        }
    }
}
