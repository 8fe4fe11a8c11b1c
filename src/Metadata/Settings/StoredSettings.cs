using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Settings;

/// <summary>
/// The table of values that the server made for itself and must find again, such as its signing key: opaque bytes by
/// key. Not what the operator configures.
/// </summary>
public static class StoredSettings
{
    /// <summary>Null when it was never written. The bytes are the caller's own copy.</summary>
    public static byte[]? Find(ReadTransaction read, string key) =>
        read.Prepare("SELECT value FROM settings WHERE key = ?").Bind(key).ReadFirst(row => row.GetBytes(0));

    public static void Write(WriteTransaction write, string key, ReadOnlySpan<byte> value) => write.Prepare("""
        INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
        """)
        .Bind(key).Bind(value).Bind(write.Now)
        .Run();

    /// <summary>The stored value, or the one that <paramref name="create"/> makes, which is then stored.</summary>
    public static byte[] Ensure(WriteTransaction write, string key, Func<byte[]> create)
    {
        if (Find(write, key) is { } present)
        {
            return present;
        }

        byte[] value = create();
        Write(write, key, value);
        return value;
    }

    /// <summary>False when there was none.</summary>
    public static bool Delete(WriteTransaction write, string key) =>
        write.Prepare("DELETE FROM settings WHERE key = ?").Bind(key).Run() > 0;
}
