using System.Globalization;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Volumes;

/// <summary>The table of volumes as containers see them.</summary>
public static class WorkingCopyRows
{
    private const string Columns = """
        SELECT id, volume_id, sub_path, is_read_only, directory, mount_point, boot_id, commit_number, generation, version, layers
        FROM volume_working_copies
        """;

    public static WorkingCopyRecord? Find(ReadTransaction read, string id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id).ReadFirst(ReadRow);

    public static IReadOnlyList<WorkingCopyRecord> List(ReadTransaction read) => read.Prepare(Columns + " ORDER BY id").ReadAll(ReadRow);

    public static void Add(WriteTransaction write, WorkingCopyRecord record) => write.Prepare("""
        INSERT INTO volume_working_copies
            (id, volume_id, sub_path, is_read_only, directory, mount_point, boot_id, commit_number, generation, version, layers)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
        .Bind(record.Id).Bind(record.VolumeId).Bind(record.SubPath).Bind(record.IsReadOnly).Bind(record.Directory).Bind(record.MountPoint)
        .Bind(record.BootId).Bind(record.CommitNumber).Bind(record.Shown.Generation).Bind(record.Shown.Version).Bind(Join(record.Shown.Layers))
        .Run();

    /// <summary>What was changed up to now is in the volume.</summary>
    public static void SetCommitNumber(WriteTransaction write, string id, long number) =>
        write.Prepare("UPDATE volume_working_copies SET commit_number = ? WHERE id = ?").Bind(number).Bind(id).Run();

    /// <summary>Notes what is shown from now on.</summary>
    public static void SetShown(WriteTransaction write, string id, ShownVersion shown) =>
        write.Prepare("UPDATE volume_working_copies SET generation = ?, version = ?, layers = ? WHERE id = ?")
            .Bind(shown.Generation).Bind(shown.Version).Bind(Join(shown.Layers)).Bind(id).Run();

    public static void Remove(WriteTransaction write, string id) =>
        write.Prepare("DELETE FROM volume_working_copies WHERE id = ?").Bind(id).Run();

    private static string Join(IReadOnlyList<long> layers) =>
        string.Join(',', layers.Select(layer => layer.ToString(CultureInfo.InvariantCulture)));

    private static long[] Split(string layers) => [.. layers.Split(',').Select(layer => long.Parse(layer, CultureInfo.InvariantCulture))];

    private static WorkingCopyRecord ReadRow(Statement row) => new(
        row.GetText(0),
        row.GetText(1),
        row.GetText(2),
        row.GetBoolean(3),
        row.GetText(4),
        row.GetText(5),
        row.GetText(6),
        row.GetInteger(7),
        new ShownVersion(row.GetInteger(8), row.GetInteger(9), Split(row.GetText(10))));
}
