using Appliance.Metadata.Blocks;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Values;

namespace Appliance.Metadata.Dicts;

/// <summary>The table of entries. Those not used since a moment the caller names count as gone.</summary>
public static class DictEntries
{
    /// <summary>The entry, if it was used after that moment.</summary>
    public static DictEntryRecord? Find(ReadTransaction read, long generation, ReadOnlySpan<byte> key, DateTimeOffset usedAfter)
    {
        using Statement row = read
            .Prepare("SELECT value, bytes_in_blocks, used_at FROM dict_entries WHERE generation = ? AND key = ? AND used_at > ?")
            .Bind(generation).Bind(key).Bind(usedAfter);
        return row.Step() ? new DictEntryRecord([], StoredValue.Read(row, 0), row.GetTime(2)) : null;
    }

    /// <summary>When the entry was used last, if it was after that moment; null else.</summary>
    public static DateTimeOffset? FindUse(ReadTransaction read, long generation, ReadOnlySpan<byte> key, DateTimeOffset usedAfter)
    {
        using Statement row = read
            .Prepare("SELECT used_at FROM dict_entries WHERE generation = ? AND key = ? AND used_at > ?")
            .Bind(generation).Bind(key).Bind(usedAfter);
        return row.Step() ? row.GetTime(0) : null;
    }

    /// <summary>Puts an entry in the place of the one with its key, if there is one.</summary>
    public static void Put(WriteTransaction write, long generation, ReadOnlySpan<byte> key, StoredValue value)
    {
        RemoveReferences(write, generation, key);
        Statement put = write.Prepare("""
            INSERT INTO dict_entries (generation, key, value, bytes_in_blocks, used_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (generation, key)
            DO UPDATE SET value = excluded.value, bytes_in_blocks = excluded.bytes_in_blocks, used_at = excluded.used_at
            """)
            .Bind(generation).Bind(key).Bind(value.Bytes.Span);
        (value.BytesInBlocks is { } length ? put.Bind(length) : put.BindNull()).Bind(write.Now).Run();
        BlockReferences.Add(write, value.Blocks);
    }

    /// <summary>Removes an entry whose blocks, if it has some, somebody else refers to now.</summary>
    public static void Remove(WriteTransaction write, long generation, ReadOnlySpan<byte> key) => write
        .Prepare("DELETE FROM dict_entries WHERE generation = ? AND key = ?").Bind(generation).Bind(key).Run();

    /// <summary>How many entries were used after that moment, counted up to a bound.</summary>
    public static long Count(ReadTransaction read, long generation, DateTimeOffset usedAfter, long countMax)
    {
        using Statement row = read
            .Prepare("SELECT count(*) FROM (SELECT 1 FROM dict_entries WHERE generation = ? AND used_at > ? LIMIT ?)")
            .Bind(generation).Bind(usedAfter).Bind(countMax);
        row.Step();
        return row.GetInteger(0);
    }

    /// <summary>
    /// Entries behind a key, in the order of their keys: at most so many, and none more once their values in rows exceed
    /// that many bytes.
    /// </summary>
    /// <param name="read">The transaction.</param>
    /// <param name="generation">Of the dict.</param>
    /// <param name="after">Null to begin with the first.</param>
    /// <param name="usedAfter">Others count as gone.</param>
    /// <param name="countMax">Entries.</param>
    /// <param name="bytesMax">Of values in rows.</param>
    public static IReadOnlyList<DictEntryRecord> List(
        ReadTransaction read, long generation, byte[]? after, DateTimeOffset usedAfter, int countMax, long bytesMax)
    {
        using Statement row = (after is null
            ? read.Prepare("""
                SELECT key, value, bytes_in_blocks, used_at FROM dict_entries
                WHERE generation = ? AND used_at > ? ORDER BY key LIMIT ?
                """).Bind(generation)
            : read.Prepare("""
                SELECT key, value, bytes_in_blocks, used_at FROM dict_entries
                WHERE generation = ? AND key > ? AND used_at > ? ORDER BY key LIMIT ?
                """).Bind(generation).Bind(after)).Bind(usedAfter).Bind((long)countMax);
        var entries = new List<DictEntryRecord>();
        for (long bytes = 0; bytes <= bytesMax && row.Step();)
        {
            entries.Add(new DictEntryRecord(row.GetBytes(0), StoredValue.Read(row, 1), row.GetTime(3)));
            bytes += entries[^1].Value.Bytes.Length;
        }

        return entries;
    }

    /// <summary>As <see cref="List"/> without the values.</summary>
    public static IReadOnlyList<DictEntryRecord> ListKeys(
        ReadTransaction read, long generation, byte[]? after, DateTimeOffset usedAfter, int countMax)
    {
        Statement row = after is null
            ? read.Prepare("SELECT key, used_at FROM dict_entries WHERE generation = ? AND used_at > ? ORDER BY key LIMIT ?")
                .Bind(generation)
            : read.Prepare("SELECT key, used_at FROM dict_entries WHERE generation = ? AND key > ? AND used_at > ? ORDER BY key LIMIT ?")
                .Bind(generation).Bind(after);
        return row.Bind(usedAfter).Bind((long)countMax)
            .ReadAll(found => new DictEntryRecord(found.GetBytes(0), default, found.GetTime(1)));
    }

    /// <summary>
    /// Notes that entries with keys from one to another were used, as far as their last noted use lies between these
    /// moments: before the first they are gone, after the second it is noted well enough.
    /// </summary>
    public static void Touch(
        WriteTransaction write, long generation, byte[] firstKey, byte[] lastKey, DateTimeOffset usedAfter, DateTimeOffset usedBefore) => write
        .Prepare("UPDATE dict_entries SET used_at = ? WHERE generation = ? AND key BETWEEN ? AND ? AND used_at > ? AND used_at < ?")
        .Bind(write.Now).Bind(generation).Bind(firstKey).Bind(lastKey).Bind(usedAfter).Bind(usedBefore).Run();

    /// <summary>Removes some entries of a generation; answers how many.</summary>
    public static int RemoveSome(WriteTransaction write, long generation, int countMax) =>
        RemoveAll(write, generation, write
            .Prepare("SELECT key FROM dict_entries WHERE generation = ? LIMIT ?").Bind(generation).Bind((long)countMax)
            .ReadAll(row => row.GetBytes(0)));

    /// <summary>
    /// Walks over entries of all dicts, a page at a time, and finds those not used since a moment.
    /// </summary>
    /// <returns>The unused ones of the page, and the last entry looked at; no last one at the end.</returns>
    public static (IReadOnlyList<DictEntryPlace> Unused, DictEntryPlace? Last) FindUnused(
        ReadTransaction read, DictEntryPlace? after, DateTimeOffset usedBefore, int countMax)
    {
        using Statement row = read
            .Prepare("SELECT generation, key, used_at FROM dict_entries WHERE (generation, key) > (?, ?) ORDER BY generation, key LIMIT ?")
            .Bind(after?.Generation ?? -1).Bind(after?.Key ?? []).Bind((long)countMax);
        var unused = new List<DictEntryPlace>();
        DictEntryPlace? last = null;
        int count = 0;
        for (; row.Step(); count++)
        {
            last = new DictEntryPlace(row.GetInteger(0), row.GetBytes(1));
            if (row.GetTime(2) <= usedBefore)
            {
                unused.Add(last);
            }
        }

        return (unused, count < countMax ? null : last);
    }

    /// <summary>Removes an entry if it still was not used since that moment.</summary>
    public static void RemoveUnused(WriteTransaction write, DictEntryPlace place, DateTimeOffset usedBefore)
    {
        if (FindUse(write, place.Generation, place.Key, usedBefore) is null)
        {
            RemoveAll(write, place.Generation, [place.Key]);
        }
    }

    private static int RemoveAll(WriteTransaction write, long generation, List<byte[]> keys)
    {
        foreach (byte[] key in keys)
        {
            RemoveReferences(write, generation, key);
            Remove(write, generation, key);
        }

        return keys.Count;
    }

    private static void RemoveReferences(WriteTransaction write, long generation, ReadOnlySpan<byte> key)
    {
        StoredValue value;
        using (Statement row = write
            .Prepare("SELECT value, bytes_in_blocks FROM dict_entries WHERE generation = ? AND key = ? AND bytes_in_blocks IS NOT NULL")
            .Bind(generation).Bind(key))
        {
            if (!row.Step())
            {
                return;
            }

            value = StoredValue.Read(row, 0);
        }

        BlockReferences.Remove(write, value.Blocks);
    }
}
