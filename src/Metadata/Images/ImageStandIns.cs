using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Images;

/// <summary>The table of references that stand in for others which are not here. All are in their full form.</summary>
public static class ImageStandIns
{
    public static string? Find(ReadTransaction read, string reference) =>
        read.Prepare("SELECT stand_in FROM image_stand_ins WHERE reference = ?").Bind(reference).ReadFirst(row => row.GetText(0));

    public static IReadOnlyList<(string Reference, string StandIn)> List(ReadTransaction read) =>
        read.Prepare("SELECT reference, stand_in FROM image_stand_ins ORDER BY reference").ReadAll(row => (row.GetText(0), row.GetText(1)));

    public static void Set(WriteTransaction write, string reference, string standIn) => write.Prepare("""
        INSERT INTO image_stand_ins (reference, stand_in, declared_at) VALUES (?, ?, ?)
        ON CONFLICT (reference) DO UPDATE SET stand_in = excluded.stand_in, declared_at = excluded.declared_at
        """)
        .Bind(reference).Bind(standIn).Bind(write.Now).Run();

    public static bool Remove(WriteTransaction write, string reference) =>
        write.Prepare("DELETE FROM image_stand_ins WHERE reference = ?").Bind(reference).Run() > 0;
}
