using Appliance.Core.Digests;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Images;

/// <summary>The table of images.</summary>
public static class ImageRows
{
    private const string Columns = "SELECT key, id, definition, config, origin, created_at, expires_at, removed_at FROM images";

    /// <summary>The image, even if it was removed and waits for those who hold it.</summary>
    public static ImageRecord? FindEvenRemoved(ReadTransaction read, string id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id).ReadFirst(ReadRow);

    public static ImageRecord? Find(ReadTransaction read, string id) =>
        read.Prepare(Columns + " WHERE id = ? AND removed_at IS NULL").Bind(id).ReadFirst(ReadRow);

    public static ImageRecord? Find(ReadTransaction read, long key) =>
        read.Prepare(Columns + " WHERE key = ? AND removed_at IS NULL").Bind(key).ReadFirst(ReadRow);

    public static ImageRecord? FindByDefinition(ReadTransaction read, Digest definition) =>
        read.Prepare(Columns + " WHERE definition = ? AND removed_at IS NULL").Bind(definition).ReadFirst(ReadRow);

    /// <summary>Oldest first, without removed ones.</summary>
    public static IReadOnlyList<ImageRecord> List(ReadTransaction read) =>
        read.Prepare(Columns + " WHERE removed_at IS NULL ORDER BY key").ReadAll(ReadRow);

    /// <summary>Removed ones, which go once nobody holds them.</summary>
    public static IReadOnlyList<ImageRecord> ListRemoved(ReadTransaction read) =>
        read.Prepare(Columns + " WHERE removed_at IS NOT NULL ORDER BY removed_at").ReadAll(ReadRow);

    /// <summary>Images whose time has passed.</summary>
    public static IReadOnlyList<ImageRecord> ListExpired(ReadTransaction read, DateTimeOffset now, int countMax) =>
        read.Prepare(Columns + " WHERE expires_at <= ? AND removed_at IS NULL ORDER BY expires_at LIMIT ?")
            .Bind(now).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>Adds an image and answers its key; the record's own is not looked at.</summary>
    public static long Add(WriteTransaction write, ImageRecord image)
    {
        Statement insert = write.Prepare("""
            INSERT INTO images (id, config, origin, created_at, expires_at, definition) VALUES (?, ?, ?, ?, ?, ?)
            """)
            .Bind(image.Id).Bind(image.Config).Bind((long)image.Origin).Bind(image.CreatedAt).Bind(image.ExpiresAt);
        (image.Definition is { } definition ? insert.Bind(definition) : insert.BindNull()).Run();
        return write.LastInsertedId;
    }

    public static void SetExpiry(WriteTransaction write, long key, DateTimeOffset? expiresAt) =>
        write.Prepare("UPDATE images SET expires_at = ? WHERE key = ?").Bind(expiresAt).Bind(key).Run();

    /// <summary>Takes the image from everybody but those who hold it. Its tags and names are to be taken before.</summary>
    public static void MarkRemoved(WriteTransaction write, long key) =>
        write.Prepare("UPDATE images SET removed_at = ? WHERE key = ? AND removed_at IS NULL").Bind(write.Now).Bind(key).Run();

    /// <summary>No image stands for the definition any more; the one that did stays under its id.</summary>
    public static void ClearDefinition(WriteTransaction write, Digest definition) =>
        write.Prepare("UPDATE images SET definition = NULL WHERE definition = ? AND removed_at IS NULL").Bind(definition).Run();

    public static void Delete(WriteTransaction write, long key) =>
        write.Prepare("DELETE FROM images WHERE key = ?").Bind(key).Run();

    private static ImageRecord ReadRow(Statement row) => new(
        row.GetInteger(0),
        row.GetText(1),
        row.IsNull(2) ? null : row.GetDigest(2),
        row.GetText(3),
        (ImageOrigin)row.GetInteger(4),
        row.GetTime(5),
        row.GetTimeOrNull(6),
        row.GetTimeOrNull(7));
}
