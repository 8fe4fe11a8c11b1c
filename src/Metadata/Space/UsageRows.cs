using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Space;

/// <summary>How much there is of what, from counts that are kept or that cost little.</summary>
public static class UsageRows
{
    private const string Volumes =
        """
        SELECT v.id, o.name, e.name, v.file_count, v.byte_count
        FROM volumes v JOIN objects o ON o.id = v.id JOIN environments e ON e.id = o.environment_id
        """;

    /// <summary>The objects of every kind that there is. Only volumes, network file systems and mounts have files.</summary>
    public static IReadOnlyList<KindUsage> ListKinds(ReadTransaction read) => read.Prepare("""
        SELECT o.kind, count(*), coalesce(sum(v.file_count), 0) + coalesce(sum(m.file_count), 0),
            coalesce(sum(v.byte_count), 0) + coalesce(sum(m.byte_count), 0)
        FROM objects o LEFT JOIN volumes v ON v.id = o.id LEFT JOIN mounts m ON m.id = o.id
        GROUP BY o.kind
        """)
        .ReadAll(row => new KindUsage(row.GetText(0), row.GetInteger(1), row.GetInteger(2), row.GetInteger(3)));

    /// <summary>The volumes with most bytes, largest first.</summary>
    public static IReadOnlyList<VolumeUsage> ListLargestVolumes(ReadTransaction read, int countMax) =>
        read.Prepare(Volumes + " ORDER BY v.byte_count DESC, v.id LIMIT ?").Bind((long)countMax).ReadAll(ReadVolume);

    /// <summary>One volume, which is known to exist.</summary>
    public static VolumeUsage GetVolume(ReadTransaction read, string id) => read.Prepare(Volumes + " WHERE v.id = ?").Bind(id).ReadFirst(ReadVolume)!;

    /// <summary>Objects that are gone for clients, while what they hold still waits to be removed.</summary>
    public static long CountRemoved(ReadTransaction read) => Count(read, "SELECT count(*) FROM removed_objects");

    /// <summary>Entries that the directory trees of volumes show. Each is one more name for a file that is stored anyway.</summary>
    public static long CountTreeEntries(ReadTransaction read) => Count(read, "SELECT coalesce(sum(entry_count), 0) FROM volume_layers");

    private static VolumeUsage ReadVolume(Statement row) =>
        new(row.GetText(0), row.GetTextOrNull(1), row.GetText(2), row.GetInteger(3), row.GetInteger(4));

    private static long Count(ReadTransaction read, string sql)
    {
        using Statement row = read.Prepare(sql);
        row.Step();
        return row.GetInteger(0);
    }
}
