using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Volumes;

/// <summary>The table of entries across versions: what changed, and what nobody needs any more.</summary>
public static class VolumeHistory
{
    /// <summary>
    /// Entries of the newer version that the older one did not have, some at a time, and from which version on each is
    /// there. In the order of those, which costs what was added and not what the volume holds.
    /// </summary>
    /// <param name="read">The snapshot.</param>
    /// <param name="volume">Its key.</param>
    /// <param name="older">The version to compare with.</param>
    /// <param name="newer">The version of interest.</param>
    /// <param name="after">The last entry read; null at the beginning.</param>
    /// <param name="countMax">How many to read.</param>
    public static List<(VolumeEntryRecord Entry, long FromVersion)> ListAdded(
        ReadTransaction read, long volume, long older, long newer, (VolumeEntryRecord Entry, long FromVersion)? after, int countMax) =>
        read.Prepare("""
            SELECT directory, name, kind, mode, modified_at, size, form, content, target, from_version FROM volume_entries
            WHERE volume = ? AND (from_version, directory, name) > (?, ?, ?) AND from_version <= ? AND to_version > ?
            ORDER BY from_version, directory, name LIMIT ?
            """)
            .Bind(volume).Bind(after?.FromVersion ?? (older + 1)).Bind(after?.Entry.Directory ?? "").Bind(after?.Entry.Name ?? "")
            .Bind(newer).Bind(newer).Bind((long)countMax)
            .ReadAll(row => (VolumeEntries.ReadRow(row), row.GetInteger(9)));

    /// <summary>About how many entries differ between two versions; all of the newer one, when the older is the empty one.</summary>
    public static long CountChanged(ReadTransaction read, long volume, long older, long newer)
    {
        using Statement row = read.Prepare("""
            SELECT
                (SELECT count(*) FROM volume_entries WHERE volume = ?1 AND from_version > ?2 AND from_version <= ?3 AND to_version > ?3)
                + (SELECT count(*) FROM volume_entries
                    WHERE ?2 > 0 AND volume = ?1 AND to_version > ?2 AND to_version <= ?3 AND to_version < 9223372036854775807)
            """)
            .Bind(volume).Bind(older).Bind(newer);
        row.Step();
        return row.GetInteger(0);
    }

    /// <summary>Entries that were visible in the older version and are not in the newer one.</summary>
    public static List<VolumeEntryRecord> ListEnded(ReadTransaction read, long volume, long older, long newer) =>
        read.Prepare(VolumeEntries.Columns + """
             INDEXED BY volume_entries_ended WHERE volume = ? AND to_version > ? AND to_version <= ? AND to_version < 9223372036854775807 AND from_version <= ?
            """)
            .Bind(volume).Bind(older).Bind(newer).Bind(older)
            .ReadAll(VolumeEntries.ReadRow);

    /// <summary>Removes entries that no version from the floor on shows, and answers them.</summary>
    public static List<VolumeEntryRecord> Purge(WriteTransaction write, long volume, long floor, int countMax) =>
        write.Prepare("""
            DELETE FROM volume_entries WHERE (volume, directory, name, from_version) IN (
                SELECT volume, directory, name, from_version FROM volume_entries
                WHERE volume = ? AND to_version <= ? AND to_version < 9223372036854775807 LIMIT ?)
            RETURNING directory, name, kind, mode, modified_at, size, form, content, target
            """)
            .Bind(volume).Bind(floor).Bind((long)countMax)
            .ReadAll(VolumeEntries.ReadRow);

    /// <summary>Removes entries of the volume, whatever their version, and answers them.</summary>
    public static List<VolumeEntryRecord> RemoveSome(WriteTransaction write, long volume, int countMax) =>
        write.Prepare("""
            DELETE FROM volume_entries WHERE (volume, directory, name, from_version) IN (
                SELECT volume, directory, name, from_version FROM volume_entries WHERE volume = ? LIMIT ?)
            RETURNING directory, name, kind, mode, modified_at, size, form, content, target
            """)
            .Bind(volume).Bind((long)countMax)
            .ReadAll(VolumeEntries.ReadRow);

    /// <summary>Takes back some of what an unfinished commit wrote, and answers it; nothing when all is taken back.</summary>
    public static List<VolumeEntryRecord> Unstage(WriteTransaction write, long volume, long head, int countMax)
    {
        write.Prepare("""
            UPDATE volume_entries SET to_version = 9223372036854775807
            WHERE volume = ? AND to_version > ? AND to_version < 9223372036854775807
            """)
            .Bind(volume).Bind(head).Run();
        return write.Prepare("""
            DELETE FROM volume_entries WHERE (volume, directory, name, from_version) IN (
                SELECT volume, directory, name, from_version FROM volume_entries
                WHERE volume = ? AND from_version > ? LIMIT ?)
            RETURNING directory, name, kind, mode, modified_at, size, form, content, target
            """)
            .Bind(volume).Bind(head).Bind((long)countMax)
            .ReadAll(VolumeEntries.ReadRow);
    }
}
