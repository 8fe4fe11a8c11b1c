using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Images;

/// <summary>The table of references, in their full form, and the images that they stand for.</summary>
public static class ImageTags
{
    /// <summary>The image's key; null when nothing has the reference.</summary>
    public static long? Find(ReadTransaction read, string reference)
    {
        using var row = read.Prepare("SELECT image FROM image_tags WHERE reference = ?").Bind(reference);
        return row.Step() ? row.GetInteger(0) : null;
    }

    public static IReadOnlyList<string> ListOfImage(ReadTransaction read, long image) =>
        read.Prepare("SELECT reference FROM image_tags WHERE image = ? ORDER BY reference").Bind(image).ReadAll(row => row.GetText(0));

    public static IReadOnlyList<(string Reference, long Image)> List(ReadTransaction read) =>
        read.Prepare("SELECT reference, image FROM image_tags ORDER BY reference").ReadAll(row => (row.GetText(0), row.GetInteger(1)));

    /// <summary>Points a reference to an image, from wherever it pointed before.</summary>
    public static void Set(WriteTransaction write, string reference, long image)
    {
        write.Prepare("""
            INSERT INTO image_tags (reference, image, tagged_at) VALUES (?, ?, ?)
            ON CONFLICT (reference) DO UPDATE SET image = excluded.image, tagged_at = excluded.tagged_at
            """)
            .Bind(reference).Bind(image).Bind(write.Now).Run();
        ImageTagMoves.Note(write, reference, image);
    }

    public static bool Remove(WriteTransaction write, string reference) =>
        write.Prepare("DELETE FROM image_tags WHERE reference = ?").Bind(reference).Run() > 0;

    public static void RemoveOfImage(WriteTransaction write, long image) =>
        write.Prepare("DELETE FROM image_tags WHERE image = ?").Bind(image).Run();
}
