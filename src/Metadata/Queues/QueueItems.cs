using Appliance.Core.Digests;
using Appliance.Metadata.Blocks;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Values;

namespace Appliance.Metadata.Queues;

/// <summary>The table of items, also of those that were taken lately and may be asked for again.</summary>
public static class QueueItems
{
    public static void Add(WriteTransaction write, long partition, long entry, StoredValue value)
    {
        Statement insert = write.Prepare("INSERT INTO queue_items (partition, entry, value, bytes_in_blocks) VALUES (?, ?, ?, ?)")
            .Bind(partition).Bind(entry).Bind(value.Bytes.Span);
        (value.BytesInBlocks is { } length ? insert.Bind(length) : insert.BindNull()).Run();
        BlockReferences.Add(write, value.Blocks);
    }

    /// <summary>The items from <paramref name="first"/> on and before <paramref name="end"/>, in order.</summary>
    public static IReadOnlyList<QueueItemRecord> List(ReadTransaction read, long partition, long first, long end) => read
        .Prepare("""
            SELECT entry, value, bytes_in_blocks FROM queue_items
            WHERE partition = ? AND entry >= ? AND entry < ? ORDER BY entry
            """)
        .Bind(partition).Bind(first).Bind(end)
        .ReadAll(row => new QueueItemRecord(row.GetInteger(0), StoredValue.Read(row, 1)));

    /// <summary>As <see cref="List"/>; null where a value in a row is longer than that.</summary>
    public static IReadOnlyList<QueueItemRecord>? ListShort(ReadTransaction read, long partition, long first, long end, long bytesMax)
    {
        using Statement row = read.Prepare("""
            SELECT entry, CASE WHEN length(value) <= ? THEN value END, bytes_in_blocks FROM queue_items
            WHERE partition = ? AND entry >= ? AND entry < ? ORDER BY entry
            """)
            .Bind(bytesMax).Bind(partition).Bind(first).Bind(end);
        var items = new List<QueueItemRecord>((int)(end - first));
        while (row.Step())
        {
            if (row.IsNull(1))
            {
                return null;
            }

            items.Add(new QueueItemRecord(row.GetInteger(0), StoredValue.Read(row, 1)));
        }

        return items;
    }

    /// <summary>The first entry at which the items from <paramref name="first"/> on exceed that many bytes; at least one fits.</summary>
    public static long FindEnd(ReadTransaction read, long partition, long first, long end, long bytesMax)
    {
        using Statement row = read.Prepare("""
            SELECT entry, coalesce(bytes_in_blocks, length(value)) FROM queue_items
            WHERE partition = ? AND entry >= ? AND entry < ? ORDER BY entry
            """)
            .Bind(partition).Bind(first).Bind(end);
        for (long bytes = 0; row.Step();)
        {
            bytes += row.GetInteger(1);
            if (bytes > bytesMax && row.GetInteger(0) > first)
            {
                return row.GetInteger(0);
            }
        }

        return end;
    }

    /// <summary>Removes items before <paramref name="end"/>, oldest first; answers how many.</summary>
    public static int Remove(WriteTransaction write, long partition, long end, int countMax)
    {
        RemoveReferences(write, partition, end, countMax);
        return write.Prepare("""
            DELETE FROM queue_items WHERE partition = ?1 AND entry < min(?2, coalesce((
                SELECT entry FROM queue_items WHERE partition = ?1 ORDER BY entry LIMIT 1 OFFSET ?3), ?2))
            """)
            .Bind(partition).Bind(end).Bind((long)countMax).Run();
    }

    private static void RemoveReferences(WriteTransaction write, long partition, long end, int countMax)
    {
        List<StoredValue> removed = write.Prepare("""
            SELECT value, bytes_in_blocks FROM (
                SELECT value, bytes_in_blocks FROM queue_items WHERE partition = ? AND entry < ? ORDER BY entry LIMIT ?)
            WHERE bytes_in_blocks IS NOT NULL
            """)
            .Bind(partition).Bind(end).Bind((long)countMax).ReadAll(row => StoredValue.Read(row, 0));
        foreach (IReadOnlyList<Digest> blocks in removed.Select(value => value.Blocks))
        {
            BlockReferences.Remove(write, blocks);
        }
    }
}
