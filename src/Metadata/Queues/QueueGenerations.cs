using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Queues;

/// <summary>The table of what each queue holds now, and what queues that were cleared held before.</summary>
public static class QueueGenerations
{
    /// <summary>An empty generation becomes the current one of a queue that has none.</summary>
    public static void Add(WriteTransaction write, string queueId) => write
        .Prepare("INSERT INTO queue_generations (queue_id, partition_count) VALUES (?, 0)").Bind(queueId).Run();

    /// <summary>The current generation, if the queue is there and belongs to the workspace.</summary>
    public static long? FindCurrent(ReadTransaction read, WorkspaceId workspace, string queueId)
    {
        using Statement row = read.Prepare("""
            SELECT generation FROM queue_generations WHERE queue_id = ? AND dropped_at IS NULL AND EXISTS (
                SELECT 1 FROM objects o JOIN environments e ON e.id = o.environment_id
                WHERE o.id = queue_id AND e.workspace_id = ?)
            """)
            .Bind(queueId).Bind(workspace.Text);
        return row.Step() ? row.GetInteger(0) : null;
    }

    /// <summary>Gives up the current generation; its items are removed later.</summary>
    public static void Drop(WriteTransaction write, string queueId) => write
        .Prepare("UPDATE queue_generations SET dropped_at = ? WHERE queue_id = ? AND dropped_at IS NULL")
        .Bind(write.Now).Bind(queueId).Run();

    /// <summary>Some generation of the queue, current or not; null when there is none.</summary>
    public static long? FindAny(ReadTransaction read, string queueId)
    {
        using Statement row = read.Prepare("SELECT generation FROM queue_generations WHERE queue_id = ? LIMIT 1").Bind(queueId);
        return row.Step() ? row.GetInteger(0) : null;
    }

    /// <summary>The generation that was given up longest ago and before that moment; null when there is none.</summary>
    public static long? FindDropped(ReadTransaction read, DateTimeOffset before)
    {
        using Statement row = read
            .Prepare("SELECT generation FROM queue_generations WHERE dropped_at < ? ORDER BY dropped_at LIMIT 1").Bind(before);
        return row.Step() ? row.GetInteger(0) : null;
    }

    /// <summary>How many partitions have a row; some of them may be empty or expired.</summary>
    public static long CountPartitions(ReadTransaction read, long generation)
    {
        using Statement row = read
            .Prepare("SELECT partition_count FROM queue_generations WHERE generation = ?").Bind(generation);
        return row.Step() ? row.GetInteger(0) : 0;
    }

    /// <summary>Counts partitions that were added, or with a negative number removed.</summary>
    public static void AddToPartitionCount(WriteTransaction write, long generation, long difference) => write
        .Prepare("UPDATE queue_generations SET partition_count = partition_count + ? WHERE generation = ?")
        .Bind(difference).Bind(generation).Run();

    /// <summary>Forgets a generation of which no partition is left.</summary>
    public static void Remove(WriteTransaction write, long generation) =>
        write.Prepare("DELETE FROM queue_generations WHERE generation = ?").Bind(generation).Run();
}
