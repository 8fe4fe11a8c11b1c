using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Volumes;

/// <summary>The table of the layers that volumes have on disk.</summary>
public static class VolumeLayers
{
    /// <summary>The layers of a volume, lowest first.</summary>
    public static List<VolumeLayerRecord> List(ReadTransaction read, long volume) => read.Prepare("""
        SELECT number, from_version, to_version, entry_count, boot_id FROM volume_layers WHERE volume = ? ORDER BY to_version
        """)
        .Bind(volume)
        .ReadAll(row => new VolumeLayerRecord(
            row.GetInteger(0), row.GetInteger(1), row.GetInteger(2), row.GetInteger(3), row.GetTextOrNull(4)));

    /// <summary>The version that the lowest layer holds; null when there is no layer.</summary>
    public static long? FindBase(ReadTransaction read, long volume)
    {
        using Statement row = read.Prepare("SELECT to_version FROM volume_layers WHERE volume = ? ORDER BY to_version LIMIT 1").Bind(volume);
        return row.Step() ? row.GetInteger(0) : null;
    }

    /// <summary>Adds a layer on top, in place of those that begin where it begins or later.</summary>
    public static void Add(WriteTransaction write, long volume, VolumeLayerRecord layer)
    {
        write.Prepare("DELETE FROM volume_layers WHERE volume = ? AND from_version >= ?").Bind(volume).Bind(layer.FromVersion).Run();
        write.Prepare("""
            INSERT INTO volume_layers (volume, number, from_version, to_version, entry_count, boot_id) VALUES (?, ?, ?, ?, ?, ?)
            """)
            .Bind(volume).Bind(layer.Number).Bind(layer.FromVersion).Bind(layer.ToVersion).Bind(layer.EntryCount).Bind(layer.BootId)
            .Run();
    }

    /// <summary>Layers, of whatever volume, that may not have reached the disk yet.</summary>
    public static (long Volume, long Number)[] ListDoubtful(ReadTransaction read) =>
        [.. read.Prepare("SELECT volume, number FROM volume_layers WHERE boot_id IS NOT NULL")
            .ReadAll(row => (row.GetInteger(0), row.GetInteger(1)))];

    /// <summary>The layer has reached the disk.</summary>
    public static void MarkDurable(WriteTransaction write, long volume, long number) =>
        write.Prepare("UPDATE volume_layers SET boot_id = NULL WHERE volume = ? AND number = ?").Bind(volume).Bind(number).Run();

    /// <summary>Forgets the layers of volumes of which one was made in an earlier boot and may not have reached the disk.</summary>
    public static void RemoveDoubtful(WriteTransaction write, string bootId) => write.Prepare("""
        DELETE FROM volume_layers WHERE volume IN (
            SELECT volume FROM volume_layers WHERE boot_id IS NOT NULL AND boot_id <> ?)
        """)
        .Bind(bootId).Run();

    public static void RemoveOf(WriteTransaction write, long volume) =>
        write.Prepare("DELETE FROM volume_layers WHERE volume = ?").Bind(volume).Run();
}
