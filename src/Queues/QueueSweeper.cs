using Appliance.Core.Lifetime;
using Appliance.Metadata;
using Appliance.Metadata.Idempotency;
using Appliance.Metadata.Queues;
using Appliance.Metadata.Transactions;

namespace Appliance.Queues;

/// <summary>
/// Removes, a little at a time, what queues no longer need: items that were taken so long ago that nobody asks for the
/// reply again, items that expired, and what was cleared.
/// </summary>
public sealed class QueueSweeper : IAsyncDisposable
{
    private const int PartitionsPerRead = 1_000;
    private const int ItemsPerWrite = 500;

    private readonly MetadataStore store;
    private readonly TimeProvider clock;
    private readonly RepeatedWork loop;

    /// <param name="store">Where the queues are.</param>
    /// <param name="clock">Decides what has expired.</param>
    /// <param name="report">Told what went wrong; the work is taken up again later.</param>
    public QueueSweeper(MetadataStore store, TimeProvider clock, Action<Exception> report)
    {
        this.store = store;
        this.clock = clock;
        loop = new RepeatedWork(IdempotencyKeys.Retention, clock, SweepAsync, report);
    }

    /// <summary>
    /// Removes the items that were taken before the sweep before this one, so that each stays for at least the time
    /// between two of them.
    /// </summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        for (long last = 0; ;)
        {
            long after = last;
            IReadOnlyList<QueuePartitionRecord> page = store.Read(read =>
                QueuePartitions.ListUnswept(read, after, clock.GetUtcNow(), PartitionsPerRead));
            foreach (QueuePartitionRecord partition in page)
            {
                while (!await store.WriteAsync(write => Sweep(write, partition.Partition, partition.SweptEntry), cancellation).ConfigureAwait(false))
                {
                    // More of the same partition.
                }
            }

            if (page.Count < PartitionsPerRead)
            {
                break;
            }

            last = page[^1].Partition;
        }

        DateTimeOffset before = clock.GetUtcNow() - IdempotencyKeys.Retention;
        while (store.Read(read => QueueGenerations.FindDropped(read, before)) is { } generation)
        {
            await store.WriteAsync(write => QueueContents.RemoveSome(write, generation), cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => loop.DisposeAsync();

    /// <summary>True when nothing is left of what was to go.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="number">The partition's.</param>
    /// <param name="end">The items before it are to go.</param>
    private static bool Sweep(WriteTransaction write, long number, long end)
    {
        if (QueuePartitions.Find(write, number) is not { } partition)
        {
            return true;
        }

        if (QueueItems.Remove(write, number, end, ItemsPerWrite) == ItemsPerWrite)
        {
            return false;
        }

        if (end == partition.NextEntry)
        {
            QueuePartitions.Remove(write, number);
            QueueGenerations.AddToPartitionCount(write, partition.Generation, -1);
            return true;
        }

        long first = partition.CountAt(write.Now) > 0 ? partition.FirstEntry : partition.NextEntry;
        QueuePartitions.Advance(write, number, first);
        QueuePartitions.MarkSwept(write, number, first);
        return true;
    }
}
