using Appliance.Core.Errors;
using Appliance.Core.Lifetime;
using Appliance.Metadata;
using Appliance.Metadata.Dicts;
using Appliance.Metadata.Idempotency;

namespace Appliance.Dicts;

/// <summary>
/// Notes down which entries were read, and removes, a little at a time, what dicts no longer need: entries that nobody
/// used, what was cleared, and popped values that nobody asks for again.
/// </summary>
public sealed class DictSweeper : IAsyncDisposable
{
    private const int UsesPerWrite = 200;
    private const int EntriesPerPage = 1_000;
    private const int PoppedPerWrite = 50;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromHours(1);

    private readonly MetadataStore store;
    private readonly DictUses uses;
    private readonly TimeProvider clock;
    private readonly Action<Exception> report;
    private readonly RepeatedWork loop;
    private DateTimeOffset expiryLookedAt = DateTimeOffset.MinValue;

    /// <param name="store">Where the dicts are.</param>
    /// <param name="uses">What was read meanwhile.</param>
    /// <param name="clock">Decides what has expired.</param>
    /// <param name="report">Told what went wrong; the work is taken up again later.</param>
    public DictSweeper(MetadataStore store, DictUses uses, TimeProvider clock, Action<Exception> report)
    {
        this.store = store;
        this.uses = uses;
        this.clock = clock;
        this.report = report;
        loop = new RepeatedWork(Interval, clock, SweepAsync, report);
    }

    /// <summary>Does all there is to do now. Entries are looked through for unused ones once an hour.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await WriteUsesAsync(cancellation).ConfigureAwait(false);
        while (store.Read(DictGenerations.FindDropped) is { } generation)
        {
            await store.WriteAsync(write => DictContents.RemoveSome(write, generation), cancellation).ConfigureAwait(false);
        }

        DateTimeOffset forgotten = clock.GetUtcNow() - IdempotencyKeys.Retention;
        while (store.Read(read => DictPoppedValues.HasOlder(read, forgotten)))
        {
            await store.WriteAsync(write => DictPoppedValues.RemoveSome(write, forgotten, PoppedPerWrite), cancellation).ConfigureAwait(false);
        }

        if (clock.GetUtcNow() - expiryLookedAt >= ExpiryInterval)
        {
            expiryLookedAt = clock.GetUtcNow();
            await RemoveUnusedAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Notes down the last reads and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await loop.DisposeAsync().ConfigureAwait(false);
        try
        {
            await WriteUsesAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (ApplianceException failure)
        {
            report(failure);
        }
    }

    private async Task WriteUsesAsync(CancellationToken cancellation)
    {
        while (!uses.IsEmpty)
        {
            IReadOnlyList<DictUse> some = uses.Take(UsesPerWrite);
            await store.WriteAsync(write => DictUses.Write(write, some), cancellation).ConfigureAwait(false);
        }
    }

    private async Task RemoveUnusedAsync(CancellationToken cancellation)
    {
        DateTimeOffset usedBefore = DictEntryStore.LiveSince(clock.GetUtcNow());
        DictEntryPlace? last = null;
        do
        {
            DictEntryPlace? after = last;
            (IReadOnlyList<DictEntryPlace> unused, last) = store.Read(read =>
                DictEntries.FindUnused(read, after, usedBefore, EntriesPerPage));
            foreach (DictEntryPlace[] some in unused.Chunk(UsesPerWrite))
            {
                await store.WriteAsync(
                    write =>
                    {
                        foreach (DictEntryPlace place in some)
                        {
                            DictEntries.RemoveUnused(write, place, usedBefore);
                        }
                    },
                    cancellation).ConfigureAwait(false);
            }
        }
        while (last is not null);
    }
}
