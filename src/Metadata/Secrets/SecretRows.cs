using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Secrets;

/// <summary>The table of what secrets hold. Their names and owners are in the table of objects.</summary>
public static class SecretRows
{
    private const char Separator = '\n';

    public static SecretRecord? Find(ReadTransaction read, SecretId id) => read
        .Prepare("SELECT keys, sealed, last_used_at FROM secrets WHERE id = ?")
        .Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>How many secrets that clients can still see have values.</summary>
    public static long CountLive(ReadTransaction read)
    {
        using Statement row = read.Prepare("SELECT count(*) FROM secrets s WHERE EXISTS (SELECT 1 FROM objects o WHERE o.id = s.id)");
        row.Step();
        return row.GetInteger(0);
    }

    /// <summary>Replaces keys and values; when they were used is kept.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="id">The secret.</param>
    /// <param name="keys">None holds a line break.</param>
    /// <param name="sealedValues">Encrypted.</param>
    public static void Write(WriteTransaction write, SecretId id, IEnumerable<string> keys, ReadOnlySpan<byte> sealedValues) => write.Prepare("""
        INSERT INTO secrets (id, keys, sealed) VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET keys = excluded.keys, sealed = excluded.sealed
        """)
        .Bind(id.Text).Bind(string.Join(Separator, keys)).Bind(sealedValues).Run();

    public static void MarkUsed(WriteTransaction write, SecretId id) =>
        write.Prepare("UPDATE secrets SET last_used_at = ? WHERE id = ?").Bind(write.Now).Bind(id.Text).Run();

    public static void Delete(WriteTransaction write, string id) =>
        write.Prepare("DELETE FROM secrets WHERE id = ?").Bind(id).Run();

    private static SecretRecord ReadRow(Statement row) => new(
        row.GetText(0).Split(Separator, StringSplitOptions.RemoveEmptyEntries), row.GetBytes(1), row.GetTimeOrNull(2));
}
