using Appliance.Core.Ids;
using Appliance.Metadata.Queues;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Queues.Waiting;

namespace Appliance.Queues;

/// <summary>Removes what removed queues held, and wakes those who still wait for items of theirs.</summary>
public sealed class QueueContents(QueueWaiters waiters) : IObjectContents
{
    // About a millisecond of the writer's time.
    private const int ItemsPerWrite = 500;
    private const int PartitionsPerWrite = 100;

    public string Kind => QueueId.Prefix;

    public bool RemoveSome(WriteTransaction write, string id)
    {
        // Early or in vain does no harm: whoever wakes looks again. The removal itself was committed before.
        waiters.SignalAll(id);
        if (QueueGenerations.FindAny(write, id) is not { } generation)
        {
            return true;
        }

        RemoveSome(write, generation);
        return false;
    }

    /// <summary>Removes some of a generation that nobody sees any more; true when nothing of it is left.</summary>
    internal static bool RemoveSome(WriteTransaction write, long generation)
    {
        IReadOnlyList<QueuePartitionRecord> partitions = QueuePartitions.ListOf(write, generation, PartitionsPerWrite);
        int room = ItemsPerWrite;
        foreach (QueuePartitionRecord partition in partitions)
        {
            room -= QueueItems.Remove(write, partition.Partition, partition.NextEntry, room);
            if (room <= 0)
            {
                return false;
            }

            QueuePartitions.Remove(write, partition.Partition);
        }

        bool isEmpty = partitions.Count < PartitionsPerWrite;
        if (isEmpty)
        {
            QueueGenerations.Remove(write, generation);
        }

        return isEmpty;
    }
}
