using Appliance.Core.Ids;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Blobs;

/// <summary>The table of parts whose bytes are on disk.</summary>
public static class BlobParts
{
    /// <summary>The MD5 of a part, 16 bytes; null when it has not come.</summary>
    public static byte[]? Find(ReadTransaction read, BlobId blob, int number) =>
        read.Prepare("SELECT md5 FROM blob_parts WHERE blob_id = ? AND number = ?")
            .Bind(blob.Text).Bind((long)number).ReadFirst(row => row.GetBytes(0));

    /// <summary>The parts that came, in order.</summary>
    public static IReadOnlyList<(int Number, byte[] Md5)> List(ReadTransaction read, BlobId blob) =>
        read.Prepare("SELECT number, md5 FROM blob_parts WHERE blob_id = ? ORDER BY number")
            .Bind(blob.Text).ReadAll(row => ((int)row.GetInteger(0), row.GetBytes(1)));

    public static void Write(WriteTransaction write, BlobId blob, int number, ReadOnlySpan<byte> md5) => write.Prepare("""
        INSERT INTO blob_parts (blob_id, number, md5) VALUES (?, ?, ?)
        ON CONFLICT (blob_id, number) DO UPDATE SET md5 = excluded.md5
        """)
        .Bind(blob.Text).Bind((long)number).Bind(md5).Run();

    /// <summary>The bytes of a part are about to change.</summary>
    public static void Delete(WriteTransaction write, BlobId blob, int number) =>
        write.Prepare("DELETE FROM blob_parts WHERE blob_id = ? AND number = ?").Bind(blob.Text).Bind((long)number).Run();
}
