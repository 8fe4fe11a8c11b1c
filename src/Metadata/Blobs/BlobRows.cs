using Appliance.Core.Digests;
using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Blobs;

/// <summary>The table of blobs.</summary>
public static class BlobRows
{
    private const string Columns =
        "SELECT id, workspace_id, state, length, part_length, md5, sha256, etag, created_at, expires_at FROM blobs";

    /// <summary>The blob, unless it was removed.</summary>
    public static BlobRecord? Find(ReadTransaction read, BlobId id) =>
        read.Prepare(Columns + " WHERE id = ? AND state <> 2").Bind(id.Text).ReadFirst(ReadRow);

    public static void Add(WriteTransaction write, BlobRecord blob)
    {
        Statement row = write.Prepare("""
            INSERT INTO blobs (id, workspace_id, state, length, part_length, md5, sha256, etag, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .Bind(blob.Id.Text).Bind(blob.WorkspaceId.Text).Bind((long)blob.State).Bind(blob.LengthBytes);
        row = blob.PartLengthBytes is { } partLength ? row.Bind(partLength) : row.BindNull();
        row = blob.Md5 is { } md5 ? row.Bind(md5) : row.BindNull();
        row = blob.Sha256 is { } sha256 ? row.Bind(sha256) : row.BindNull();
        row.Bind(blob.ETag).Bind(blob.CreatedAt).Bind(blob.ExpiresAt).Run();
    }

    /// <summary>The bytes of an awaited blob are on disk. False when it is awaited no longer.</summary>
    public static bool MarkStored(WriteTransaction write, BlobId id, Digest sha256, string etag, DateTimeOffset expiresAt) =>
        write.Prepare("UPDATE blobs SET state = 1, sha256 = ?, etag = ?, expires_at = ? WHERE id = ? AND state = 0")
            .Bind(sha256).Bind(etag).Bind(expiresAt).Bind(id.Text).Run() > 0;

    /// <summary>Counts one more reason to keep a stored blob. False when it is not there.</summary>
    public static bool Pin(WriteTransaction write, BlobId id) =>
        write.Prepare("UPDATE blobs SET pin_count = pin_count + 1 WHERE id = ? AND state = 1").Bind(id.Text).Run() > 0;

    /// <summary>Counts one reason less to keep a blob. False when it had none.</summary>
    public static bool Unpin(WriteTransaction write, BlobId id) =>
        write.Prepare("UPDATE blobs SET pin_count = pin_count - 1 WHERE id = ? AND pin_count > 0").Bind(id.Text).Run() > 0;

    /// <summary>Takes away up to so many blobs whose time has come; answers how many.</summary>
    public static int RemoveExpired(WriteTransaction write, int countMax) => write.Prepare("""
        UPDATE blobs SET state = 2 WHERE id IN (
            SELECT id FROM blobs WHERE pin_count = 0 AND state IN (0, 1) AND expires_at <= ? LIMIT ?)
        """)
        .Bind(write.Now).Bind((long)countMax).Run();

    /// <summary>Whether <see cref="RemoveExpired"/> would find something.</summary>
    public static bool AnyExpired(ReadTransaction read, DateTimeOffset now)
    {
        using Statement row = read
            .Prepare("SELECT 1 FROM blobs WHERE pin_count = 0 AND state IN (0, 1) AND expires_at <= ? LIMIT 1").Bind(now);
        return row.Step();
    }

    /// <summary>Blobs that were taken away and whose files may still be there.</summary>
    public static IReadOnlyList<BlobId> ListRemoved(ReadTransaction read, int countMax) =>
        read.Prepare("SELECT id FROM blobs WHERE pin_count = 0 AND state = 2 LIMIT ?")
            .Bind((long)countMax).ReadAll(row => BlobId.FromText(row.GetText(0)));

    /// <summary>The file is gone, so nothing is left to remember.</summary>
    public static void Forget(WriteTransaction write, BlobId id)
    {
        write.Prepare("DELETE FROM blob_parts WHERE blob_id = ?").Bind(id.Text).Run();
        write.Prepare("DELETE FROM blobs WHERE id = ? AND state = 2").Bind(id.Text).Run();
    }

    /// <summary>Reads every row.</summary>
    public static BlobUsage ReadUsage(ReadTransaction read)
    {
        using Statement row = read.Prepare("""
            SELECT count(*) FILTER (WHERE state = 1), coalesce(sum(length) FILTER (WHERE state = 1), 0), count(*) FILTER (WHERE state = 0)
            FROM blobs
            """);
        row.Step();
        return new BlobUsage(row.GetInteger(0), row.GetInteger(1), row.GetInteger(2));
    }

    private static BlobRecord ReadRow(Statement row) => new(
        BlobId.FromText(row.GetText(0)),
        WorkspaceId.FromText(row.GetText(1)),
        (BlobState)row.GetInteger(2),
        row.GetInteger(3),
        row.IsNull(4) ? null : row.GetInteger(4),
        row.IsNull(5) ? null : row.GetBytes(5),
        row.IsNull(6) ? null : row.GetDigest(6),
        row.GetTextOrNull(7),
        row.GetTime(8),
        row.GetTime(9));
}
