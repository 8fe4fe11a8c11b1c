using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Volumes;

/// <summary>
/// The table of entries, as seen in one version of a volume. All listings are ordered by directory, then name, and go
/// on after the last entry that was read, so that they cost the same wherever they are.
/// </summary>
public static class VolumeEntries
{
    internal const string Columns = """
        SELECT directory, name, kind, mode, modified_at, size, form, content, target FROM volume_entries
        """;

    private const string Visible = " AND from_version <= ? AND to_version > ?";

    public static VolumeEntryRecord? Find(ReadTransaction read, long volume, long version, string directory, string name) =>
        read.Prepare(Columns + " WHERE volume = ? AND directory = ? AND name = ?" + Visible)
            .Bind(volume).Bind(directory).Bind(name).Bind(version).Bind(version)
            .ReadFirst(ReadRow);

    /// <summary>What is in one directory.</summary>
    public static List<VolumeEntryRecord> ListDirectory(
        ReadTransaction read, long volume, long version, string directory, string afterName, int countMax) =>
        read.Prepare(Columns + " WHERE volume = ? AND directory = ? AND name > ?" + Visible + " ORDER BY name LIMIT ?")
            .Bind(volume).Bind(directory).Bind(afterName).Bind(version).Bind(version).Bind((long)countMax)
            .ReadAll(ReadRow);

    /// <summary>What is in a directory and all below it, except for the entries of the directory itself.</summary>
    /// <param name="read">The snapshot.</param>
    /// <param name="volume">Its key.</param>
    /// <param name="version">Which state of it.</param>
    /// <param name="directory">Empty for the root.</param>
    /// <param name="after">The last entry read; null at the beginning.</param>
    /// <param name="countMax">How many to read.</param>
    public static List<VolumeEntryRecord> ListBelow(
        ReadTransaction read, long volume, long version, string directory, VolumeEntryRecord? after, int countMax)
    {
        // '0' follows '/': all paths that begin with "directory/", and no others, lie between the two.
        (string first, string end) = directory.Length == 0 ? ("\u0001", "\U0010FFFF") : (directory + "/", directory + "0");
        return read.Prepare(Columns + """
             WHERE volume = ? AND (directory, name) > (?, ?) AND directory < ?
            """ + Visible + " ORDER BY directory, name LIMIT ?")
            .Bind(volume).Bind(after?.Directory ?? first).Bind(after?.Name ?? "").Bind(end).Bind(version).Bind(version).Bind((long)countMax)
            .ReadAll(ReadRow);
    }

    /// <summary>All entries of a version, a directory always before what it holds.</summary>
    public static List<VolumeEntryRecord> ListAll(
        ReadTransaction read, long volume, long version, VolumeEntryRecord? after, int countMax) =>
        read.Prepare(Columns + " WHERE volume = ? AND (directory, name) > (?, ?)" + Visible + " ORDER BY directory, name LIMIT ?")
            .Bind(volume).Bind(after?.Directory ?? "").Bind(after?.Name ?? "").Bind(version).Bind(version).Bind((long)countMax)
            .ReadAll(ReadRow);

    public static bool HasChildren(ReadTransaction read, long volume, long version, string directory)
    {
        using Statement row = read
            .Prepare("SELECT 1 FROM volume_entries WHERE volume = ? AND directory = ?" + Visible + " LIMIT 1")
            .Bind(volume).Bind(directory).Bind(version).Bind(version);
        return row.Step();
    }

    /// <summary>Adds what will be visible from that version on.</summary>
    public static void Add(WriteTransaction write, long volume, long fromVersion, VolumeEntryRecord entry)
    {
        Statement insert = write.Prepare("""
            INSERT INTO volume_entries
                (volume, directory, name, from_version, to_version, kind, mode, modified_at, size, form, content, target)
            VALUES (?, ?, ?, ?, 9223372036854775807, ?, ?, ?, ?, ?, ?, ?)
            """)
            .Bind(volume).Bind(entry.Directory).Bind(entry.Name).Bind(fromVersion)
            .Bind((long)entry.Kind).Bind((long)entry.Mode).Bind(entry.ModifiedAt).Bind(entry.SizeBytes).Bind((long)entry.Form);
        insert = entry.Content is { } content ? insert.Bind(content) : insert.BindNull();
        insert.Bind(entry.Target).Run();
    }

    /// <summary>
    /// Ends what is visible under the path, from that version on. What the same commit wrote there before is taken back
    /// and answered; its references are the caller's to remove.
    /// </summary>
    public static VolumeEntryRecord? End(WriteTransaction write, long volume, long version, string directory, string name)
    {
        VolumeEntryRecord? own = write
            .Prepare(Columns + " WHERE volume = ? AND directory = ? AND name = ? AND from_version = ?")
            .Bind(volume).Bind(directory).Bind(name).Bind(version).ReadFirst(ReadRow);
        if (own is not null)
        {
            write.Prepare("DELETE FROM volume_entries WHERE volume = ? AND directory = ? AND name = ? AND from_version = ?")
                .Bind(volume).Bind(directory).Bind(name).Bind(version).Run();
        }

        write.Prepare("""
            UPDATE volume_entries SET to_version = ?
            WHERE volume = ? AND directory = ? AND name = ? AND to_version = 9223372036854775807
            """)
            .Bind(version).Bind(volume).Bind(directory).Bind(name).Run();
        return own;
    }

    internal static VolumeEntryRecord ReadRow(Statement row) => new(
        row.GetText(0),
        row.GetText(1),
        (VolumeEntryKind)row.GetInteger(2),
        (int)row.GetInteger(3),
        row.GetTime(4),
        row.GetInteger(5),
        (int)row.GetInteger(6),
        row.IsNull(7) ? null : row.GetDigest(7),
        row.GetTextOrNull(8));
}
