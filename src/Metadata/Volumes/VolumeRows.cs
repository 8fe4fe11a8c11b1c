using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Volumes;

/// <summary>The table of volumes.</summary>
public static class VolumeRows
{
    private const string Columns = "SELECT key, id, format, head, is_staging FROM volumes";

    public static VolumeRecord? Find(ReadTransaction read, string id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id).ReadFirst(ReadRow);

    /// <summary>Volumes whose last commit was cut short.</summary>
    public static IReadOnlyList<VolumeRecord> ListStaging(ReadTransaction read) =>
        read.Prepare(Columns + " WHERE is_staging = 1").ReadAll(ReadRow);

    public static IReadOnlyList<VolumeRecord> List(ReadTransaction read) => read.Prepare(Columns).ReadAll(ReadRow);

    public static void Add(WriteTransaction write, string id, int format) =>
        write.Prepare("INSERT INTO volumes (id, format, head, is_staging) VALUES (?, ?, 0, 0)").Bind(id).Bind((long)format).Run();

    /// <summary>Notes that entries of the next version are being written.</summary>
    public static void BeginCommit(WriteTransaction write, long key) =>
        write.Prepare("UPDATE volumes SET is_staging = 1 WHERE key = ?").Bind(key).Run();

    /// <summary>Makes what was written for the version visible.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="key">Which volume.</param>
    /// <param name="head">The version.</param>
    /// <param name="files">How many files it has more than the one before, or fewer.</param>
    /// <param name="bytes">How many bytes its files have more.</param>
    public static void EndCommit(WriteTransaction write, long key, long head, long files = 0, long bytes = 0) => write.Prepare("""
        UPDATE volumes SET is_staging = 0, head = ?, file_count = file_count + ?, byte_count = byte_count + ? WHERE key = ?
        """)
        .Bind(head).Bind(files).Bind(bytes).Bind(key).Run();

    public static void Remove(WriteTransaction write, long key) =>
        write.Prepare("DELETE FROM volumes WHERE key = ?").Bind(key).Run();

    private static VolumeRecord ReadRow(Statement row) =>
        new(row.GetInteger(0), row.GetText(1), (int)row.GetInteger(2), row.GetInteger(3), row.GetBoolean(4));
}
