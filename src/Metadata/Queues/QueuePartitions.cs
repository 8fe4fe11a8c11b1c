using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Queues;

/// <summary>The table of partitions. A partition has a row from its first item on.</summary>
public static class QueuePartitions
{
    private const string Columns =
        "SELECT partition, generation, first_entry, next_entry, swept_entry, expires_at FROM queue_partitions";

    public static QueuePartitionRecord? Find(ReadTransaction read, long generation, ReadOnlySpan<byte> key) => read
        .Prepare(Columns + " WHERE generation = ? AND key = ?").Bind(generation).Bind(key).ReadFirst(ReadRow);

    public static QueuePartitionRecord? Find(ReadTransaction read, long partition) =>
        read.Prepare(Columns + " WHERE partition = ?").Bind(partition).ReadFirst(ReadRow);

    /// <summary>Adds an empty partition whose entries are numbered from <paramref name="firstEntry"/> on.</summary>
    public static QueuePartitionRecord Add(
        WriteTransaction write, long generation, ReadOnlySpan<byte> key, long firstEntry, DateTimeOffset expiresAt)
    {
        write.Prepare("""
            INSERT INTO queue_partitions (generation, key, first_entry, next_entry, swept_entry, expires_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
            .Bind(generation).Bind(key).Bind(firstEntry).Bind(firstEntry).Bind(firstEntry).Bind(expiresAt).Run();
        return Find(write, generation, key)!;
    }

    /// <summary>Notes which entries are there now.</summary>
    public static void Update(
        WriteTransaction write, long partition, long firstEntry, long nextEntry, DateTimeOffset expiresAt) => write
        .Prepare("UPDATE queue_partitions SET first_entry = ?, next_entry = ?, expires_at = ? WHERE partition = ?")
        .Bind(firstEntry).Bind(nextEntry).Bind(expiresAt).Bind(partition).Run();

    /// <summary>Notes that entries were taken.</summary>
    public static void Advance(WriteTransaction write, long partition, long firstEntry) => write
        .Prepare("UPDATE queue_partitions SET first_entry = ? WHERE partition = ?").Bind(firstEntry).Bind(partition).Run();

    /// <summary>Notes that everything was taken that a sweep found taken.</summary>
    public static void MarkSwept(WriteTransaction write, long partition, long sweptEntry) => write
        .Prepare("UPDATE queue_partitions SET swept_entry = ? WHERE partition = ?").Bind(sweptEntry).Bind(partition).Run();

    public static void Remove(WriteTransaction write, long partition) =>
        write.Prepare("DELETE FROM queue_partitions WHERE partition = ?").Bind(partition).Run();

    /// <summary>
    /// Partitions of all queues, in the order of their numbers, of which something was taken or has expired that was
    /// not removed yet.
    /// </summary>
    public static IReadOnlyList<QueuePartitionRecord> ListUnswept(ReadTransaction read, long after, DateTimeOffset now, int countMax) => read
        .Prepare(Columns + """
             WHERE partition > ? AND (
                swept_entry < first_entry OR swept_entry = next_entry OR (expires_at <= ? AND swept_entry < next_entry)
                OR EXISTS (SELECT 1 FROM queue_items i WHERE i.partition = queue_partitions.partition AND i.entry < swept_entry))
            ORDER BY partition LIMIT ?
            """)
        .Bind(after).Bind(now).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>Some partitions of a generation.</summary>
    public static IReadOnlyList<QueuePartitionRecord> ListOf(ReadTransaction read, long generation, int countMax) => read
        .Prepare(Columns + " WHERE generation = ? LIMIT ?").Bind(generation).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>How many partitions of a generation hold items, and how many items these are together.</summary>
    public static (long Partitions, long Items) Count(ReadTransaction read, long generation, DateTimeOffset now)
    {
        using Statement row = read.Prepare("""
            SELECT count(*), coalesce(sum(next_entry - first_entry), 0) FROM queue_partitions
            WHERE generation = ? AND next_entry > first_entry AND expires_at > ?
            """)
            .Bind(generation).Bind(now);
        row.Step();
        return (row.GetInteger(0), row.GetInteger(1));
    }

    private static QueuePartitionRecord ReadRow(Statement row) => new(
        row.GetInteger(0), row.GetInteger(1), row.GetInteger(2), row.GetInteger(3), row.GetInteger(4), row.GetTime(5));
}
