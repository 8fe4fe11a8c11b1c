using Appliance.Core.Digests;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Images;

/// <summary>The tables of layers and of which image is made of which.</summary>
public static class ImageLayerRows
{
    private const string Columns = "SELECT l.key, l.name, l.diff_id, l.below, l.size, l.entry_count FROM image_layers l";

    public static ImageLayerRecord? Find(ReadTransaction read, string name) =>
        read.Prepare(Columns + " WHERE l.name = ?").Bind(name).ReadFirst(ReadRow);

    /// <summary>The layer that an archive gives above those layers.</summary>
    public static ImageLayerRecord? Find(ReadTransaction read, Digest diffId, Digest below) =>
        read.Prepare(Columns + " WHERE l.diff_id = ? AND (l.below IS NULL OR l.below = ?)").Bind(diffId).Bind(below).ReadFirst(ReadRow);

    /// <summary>The layers of an image, base first.</summary>
    public static IReadOnlyList<ImageLayerRecord> ListOfImage(ReadTransaction read, long image) =>
        read.Prepare(Columns + " JOIN image_layer_uses u ON u.layer = l.key WHERE u.image = ? ORDER BY u.position")
            .Bind(image).ReadAll(ReadRow);

    public static IReadOnlyList<ImageLayerRecord> List(ReadTransaction read) => read.Prepare(Columns).ReadAll(ReadRow);

    /// <summary>Layers that no image is made of.</summary>
    public static IReadOnlyList<ImageLayerRecord> ListUnused(ReadTransaction read) =>
        read.Prepare(Columns + " WHERE NOT EXISTS (SELECT 1 FROM image_layer_uses u WHERE u.layer = l.key)").ReadAll(ReadRow);

    /// <summary>Adds a layer and answers its key; the record's own is not looked at.</summary>
    public static long Add(WriteTransaction write, ImageLayerRecord layer)
    {
        Statement insert = write.Prepare("""
            INSERT INTO image_layers (name, size, entry_count, created_at, diff_id, below) VALUES (?, ?, ?, ?, ?, ?)
            """)
            .Bind(layer.Name).Bind(layer.SizeBytes).Bind(layer.EntryCount).Bind(write.Now);
        insert = layer.DiffId is { } diffId ? insert.Bind(diffId) : insert.BindNull();
        (layer.Below is { } below ? insert.Bind(below) : insert.BindNull()).Run();
        return write.LastInsertedId;
    }

    public static void AddUse(WriteTransaction write, long image, int position, long layer) =>
        write.Prepare("INSERT INTO image_layer_uses (image, position, layer) VALUES (?, ?, ?)")
            .Bind(image).Bind((long)position).Bind(layer).Run();

    public static void RemoveUses(WriteTransaction write, long image) =>
        write.Prepare("DELETE FROM image_layer_uses WHERE image = ?").Bind(image).Run();

    /// <summary>Removes a layer unless an image is made of it; false when it stays.</summary>
    public static bool RemoveUnused(WriteTransaction write, long key) => write.Prepare("""
        DELETE FROM image_layers WHERE key = ? AND NOT EXISTS (SELECT 1 FROM image_layer_uses u WHERE u.layer = image_layers.key)
        """)
        .Bind(key).Run() > 0;

    private static ImageLayerRecord ReadRow(Statement row) => new(
        row.GetInteger(0),
        row.GetText(1),
        row.IsNull(2) ? null : row.GetDigest(2),
        row.IsNull(3) ? null : row.GetDigest(3),
        row.GetInteger(4),
        row.GetInteger(5));
}
