using Appliance.Metadata.Blocks;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Values;

namespace Appliance.Metadata.Dicts;

/// <summary>The table of popped values that lie in blocks: it refers to these while a reply may be asked for again.</summary>
public static class DictPoppedValues
{
    /// <summary>Takes over the references of an entry that is being removed.</summary>
    public static void Add(WriteTransaction write, StoredValue value) => write
        .Prepare("INSERT INTO dict_popped_values (value, bytes_in_blocks, popped_at) VALUES (?, ?, ?)")
        .Bind(value.Bytes.Span).Bind(value.LengthBytes).Bind(write.Now).Run();

    /// <summary>True when there is something to remove.</summary>
    public static bool HasOlder(ReadTransaction read, DateTimeOffset than)
    {
        using Statement row = read.Prepare("SELECT 1 FROM dict_popped_values WHERE popped_at < ? LIMIT 1").Bind(than);
        return row.Step();
    }

    /// <summary>Removes some that are older.</summary>
    public static void RemoveSome(WriteTransaction write, DateTimeOffset olderThan, int countMax)
    {
        List<(long Id, StoredValue Value)> old = write
            .Prepare("SELECT id, value, bytes_in_blocks FROM dict_popped_values WHERE popped_at < ? ORDER BY popped_at LIMIT ?")
            .Bind(olderThan).Bind((long)countMax).ReadAll(row => (row.GetInteger(0), StoredValue.Read(row, 1)));
        foreach ((long id, StoredValue value) in old)
        {
            BlockReferences.Remove(write, value.Blocks);
            write.Prepare("DELETE FROM dict_popped_values WHERE id = ?").Bind(id).Run();
        }
    }
}
