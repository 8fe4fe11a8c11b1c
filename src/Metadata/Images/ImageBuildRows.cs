using Appliance.Core.Digests;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Images;

/// <summary>The table of builds.</summary>
public static class ImageBuildRows
{
    private const string Columns = "SELECT id, definition, request, state, failure, created_at, ended_at FROM image_builds";

    public static ImageBuildRecord? Find(ReadTransaction read, string id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id).ReadFirst(ReadRow);

    /// <summary>The newest build of a definition.</summary>
    public static ImageBuildRecord? FindByDefinition(ReadTransaction read, Digest definition) =>
        read.Prepare(Columns + " WHERE definition = ? ORDER BY created_at DESC LIMIT 1").Bind(definition).ReadFirst(ReadRow);

    /// <summary>Builds that ended before a moment, without an image of their own.</summary>
    public static IReadOnlyList<string> ListForgettable(ReadTransaction read, DateTimeOffset endedBefore, int countMax) => read.Prepare("""
        SELECT id FROM image_builds b WHERE ended_at < ? AND NOT EXISTS (SELECT 1 FROM images i WHERE i.id = b.id) LIMIT ?
        """)
        .Bind(endedBefore).Bind((long)countMax).ReadAll(row => row.GetText(0));

    public static void Add(WriteTransaction write, string id, Digest definition, ReadOnlySpan<byte> request) => write.Prepare("""
        INSERT INTO image_builds (id, definition, request, state, created_at) VALUES (?, ?, ?, 0, ?)
        """)
        .Bind(id).Bind(definition).Bind(request).Bind(write.Now).Run();

    /// <summary>Notes that it runs, or runs again.</summary>
    public static void Begin(WriteTransaction write, string id) =>
        write.Prepare("UPDATE image_builds SET state = 0, failure = NULL, ended_at = NULL WHERE id = ?").Bind(id).Run();

    public static void End(WriteTransaction write, string id, ImageBuildState state, string? failure) =>
        write.Prepare("UPDATE image_builds SET state = ?, failure = ?, ended_at = ? WHERE id = ?")
            .Bind((long)state).Bind(failure).Bind(write.Now).Bind(id).Run();

    public static void Remove(WriteTransaction write, string id) =>
        write.Prepare("DELETE FROM image_builds WHERE id = ?").Bind(id).Run();

    private static ImageBuildRecord ReadRow(Statement row) => new(
        row.GetText(0),
        row.GetDigest(1),
        row.GetBytes(2),
        (ImageBuildState)row.GetInteger(3),
        row.GetTextOrNull(4),
        row.GetTime(5),
        row.GetTimeOrNull(6));
}
