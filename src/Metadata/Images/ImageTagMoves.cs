using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Images;

/// <summary>The table of references that are or were in use, and how often each changed its image.</summary>
public static class ImageTagMoves
{
    /// <summary>0 while the reference stands for the first image that it had.</summary>
    public static long Count(ReadTransaction read, string reference)
    {
        using var row = read.Prepare("SELECT moves FROM image_tag_moves WHERE reference = ?").Bind(reference);
        return row.Step() ? row.GetInteger(0) : 0;
    }

    /// <summary>Notes which image the reference stands for now.</summary>
    internal static void Note(WriteTransaction write, string reference, long image) => write.Prepare("""
        INSERT INTO image_tag_moves (reference, image, moves) VALUES (?, ?, 0)
        ON CONFLICT (reference) DO UPDATE SET moves = moves + (image <> excluded.image), image = excluded.image
        """)
        .Bind(reference).Bind(image).Run();
}
