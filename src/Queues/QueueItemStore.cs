using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata.Queues;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Values;
using Appliance.Objects;

namespace Appliance.Queues;

/// <summary>
/// The items of queues: first in, first out within a partition. Callers see the queues of their own workspace; each
/// member throws NotFound, or InvalidArgument for what is no id, when the queue is not there.
/// </summary>
public static class QueueItemStore
{
    // Beyond this many items their lengths are added up before they are taken.
    private const long UnmeasuredCountMax = QueueLimits.AnswerBytesMax / QueueLimits.ItemBytesMax;

    // What the writer, for which others wait, reads in some microseconds.
    private const int FewCountMax = 16;
    private const long ShortBytesMax = 4 * 1024;

    /// <summary>Puts all of these behind the others, or none. The partition's life begins anew.</summary>
    /// <exception cref="ApplianceException">ResourceExhausted: the partition, or the queue, is full.</exception>
    public static void Put(
        WriteTransaction write, Caller caller, PartitionAddress place, IReadOnlyList<StoredValue> values, TimeSpan life)
    {
        long generation = CurrentGeneration(write, caller, place.QueueId);
        if (values.Count == 0)
        {
            return;
        }

        QueuePartitionRecord partition = QueuePartitions.Find(write, generation, place.Key.Span) ?? AddPartition(write, place, generation);
        long count = partition.CountAt(write.Now);
        if (count + values.Count > QueueLimits.ItemsPerPartitionMax)
        {
            throw Full(place, count, values.Count);
        }

        long next = partition.NextEntry;
        foreach (StoredValue value in values)
        {
            QueueItems.Add(write, partition.Partition, next++, value);
        }

        // What has expired is not to live again with the new items.
        long first = count == 0 ? partition.NextEntry : partition.FirstEntry;
        QueuePartitions.Update(write, partition.Partition, first, next, write.Now + life);
    }

    /// <summary>How many items could be taken now.</summary>
    public static long Count(ReadTransaction read, Caller caller, PartitionAddress place, DateTimeOffset now) =>
        QueuePartitions.Find(read, CurrentGeneration(read, caller, place.QueueId), place.Key.Span)?.CountAt(now) ?? 0;

    /// <summary>How many items all partitions hold together.</summary>
    public static long CountAll(ReadTransaction read, Caller caller, string queueId, DateTimeOffset now) =>
        QueuePartitions.Count(read, CurrentGeneration(read, caller, queueId), now).Items;

    /// <summary>How many partitions hold items, and how many.</summary>
    public static (long Partitions, long Items) Measure(ReadTransaction read, Caller caller, string queueId, DateTimeOffset now) =>
        QueuePartitions.Count(read, CurrentGeneration(read, caller, queueId), now);

    /// <summary>Takes the first items, at most so many and no more than an answer holds; null when there are none.</summary>
    public static TakenItems? Take(WriteTransaction write, Caller caller, PartitionAddress place, int countMax)
    {
        long generation = CurrentGeneration(write, caller, place.QueueId);
        if (QueuePartitions.Find(write, generation, place.Key.Span) is not { } partition || partition.CountAt(write.Now) == 0)
        {
            return null;
        }

        (long first, long end) = (partition.FirstEntry, Math.Min(partition.NextEntry, partition.FirstEntry + countMax));
        if (end - first > UnmeasuredCountMax)
        {
            end = QueueItems.FindEnd(write, partition.Partition, first, end, QueueLimits.AnswerBytesMax);
        }

        QueuePartitions.Advance(write, partition.Partition, end);
        return new TakenItems(partition.Partition, first, end);
    }

    /// <summary>The items that were taken, if they are so few and short that the writer can read them on its way; else null.</summary>
    public static IReadOnlyList<QueueItemRecord>? ReadFew(WriteTransaction write, TakenItems taken) => taken.End - taken.First <= FewCountMax
        ? QueueItems.ListShort(write, taken.Partition, taken.First, taken.End, ShortBytesMax)
        : null;

    /// <summary>The items that were taken.</summary>
    public static IReadOnlyList<QueueItemRecord> Read(ReadTransaction read, TakenItems taken) =>
        QueueItems.List(read, taken.Partition, taken.First, taken.End);

    /// <summary>Items that stay, from that entry on: at most so many and no more than an answer holds.</summary>
    public static IReadOnlyList<QueueItemRecord> Peek(
        ReadTransaction read, Caller caller, PartitionAddress place, long fromEntry, int countMax, DateTimeOffset now)
    {
        long generation = CurrentGeneration(read, caller, place.QueueId);
        if (QueuePartitions.Find(read, generation, place.Key.Span) is not { } partition || partition.CountAt(now) == 0)
        {
            return [];
        }

        long first = Math.Max(fromEntry, partition.FirstEntry);
        if (first >= partition.NextEntry)
        {
            return [];
        }

        long end = Math.Min(partition.NextEntry, first + countMax);
        return QueueItems.List(
            read, partition.Partition, first, QueueItems.FindEnd(read, partition.Partition, first, end, QueueLimits.AnswerBytesMax));
    }

    /// <summary>Empties one partition.</summary>
    public static void Clear(WriteTransaction write, Caller caller, PartitionAddress place)
    {
        long generation = CurrentGeneration(write, caller, place.QueueId);
        if (QueuePartitions.Find(write, generation, place.Key.Span) is { } partition)
        {
            QueuePartitions.Advance(write, partition.Partition, partition.NextEntry);
        }
    }

    /// <summary>Empties all partitions, however many there are, at once.</summary>
    public static void ClearAll(WriteTransaction write, Caller caller, string queueId)
    {
        CurrentGeneration(write, caller, queueId);
        QueueGenerations.Drop(write, queueId);
        QueueGenerations.Add(write, queueId);
    }

    private static long CurrentGeneration(ReadTransaction read, Caller caller, string queueId) =>
        QueueGenerations.FindCurrent(read, caller.WorkspaceId, queueId)
        ?? throw new InvalidOperationException($"Queue '{ObjectDirectory.Get<QueueId>(read, caller, queueId).Id}' has no generation.");

    private static QueuePartitionRecord AddPartition(WriteTransaction write, PartitionAddress place, long generation)
    {
        // The rows are counted first: they are at least as many as the partitions that hold something.
        if (QueueGenerations.CountPartitions(write, generation) >= QueueLimits.PartitionsMax
            && QueuePartitions.Count(write, generation, write.Now).Partitions >= QueueLimits.PartitionsMax)
        {
            throw new ApplianceException(
                ErrorKind.ResourceExhausted,
                $"Queue '{place.QueueId}' is full: it has {QueueLimits.PartitionsMax} partitions, and cannot have one more before one of them is empty.");
        }

        QueueGenerations.AddToPartitionCount(write, generation, 1);
        // Entries begin with the time, so that a cursor from before the partition was emptied stays behind them.
        long firstEntry = (write.Now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return QueuePartitions.Add(write, generation, place.Key.Span, firstEntry, write.Now);
    }

    private static ApplianceException Full(PartitionAddress place, long count, int added) => new(
        ErrorKind.ResourceExhausted,
        $"Queue '{place.QueueId}' is full: {place.Key} holds {count} of at most {QueueLimits.ItemsPerPartitionMax} items, and there is no room for {added} more.");
}
