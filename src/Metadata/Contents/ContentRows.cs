using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Contents;

/// <summary>
/// The table of contents that lie in a file of their own, with an index of their blocks. A content without references
/// stays for a while, so that whoever has just found it can still refer to it.
/// </summary>
public static class ContentRows
{
    public static ContentRecord? Find(ReadTransaction read, Digest id) =>
        read.Prepare("SELECT id, size, blocks FROM contents WHERE id = ?").Bind(id).ReadFirst(ReadRow);

    public static bool IsThere(ReadTransaction read, Digest id)
    {
        using Statement row = read.Prepare("SELECT 1 FROM contents WHERE id = ?").Bind(id);
        return row.Step();
    }

    /// <summary>Some content that holds the block, and which of its blocks that is; null when none does.</summary>
    public static BlockPlace? FindBlock(ReadTransaction read, Digest block) => read.Prepare("""
        SELECT b.content_id, b.block_index, c.size FROM content_blocks b JOIN contents c ON c.id = b.content_id
        WHERE b.digest = ? LIMIT 1
        """)
        .Bind(block)
        .ReadFirst(row => new BlockPlace(row.GetDigest(0), row.GetInteger(2), (int)row.GetInteger(1)));

    /// <summary>Adds a content that nothing refers to yet; one that is there is kept a while longer.</summary>
    public static void Ensure(WriteTransaction write, ContentRecord record)
    {
        int added = write.Prepare("""
            INSERT INTO contents (id, size, blocks, reference_count, unreferenced_at) VALUES (?, ?, ?, 0, ?)
            ON CONFLICT (id) DO NOTHING
            """)
            .Bind(record.Id).Bind(record.SizeBytes).Bind(Pack(record.Blocks)).Bind(write.Now).Run();
        if (added == 0)
        {
            write.Prepare("UPDATE contents SET unreferenced_at = ? WHERE id = ? AND reference_count = 0")
                .Bind(write.Now).Bind(record.Id).Run();
            return;
        }

        for (int index = 0; index < record.Blocks.Count; index++)
        {
            write.Prepare("INSERT OR IGNORE INTO content_blocks (digest, content_id, block_index) VALUES (?, ?, ?)")
                .Bind(record.Blocks[index]).Bind(record.Id).Bind((long)index).Run();
        }
    }

    /// <exception cref="ApplianceException">Unavailable: it was collected meanwhile, and must be sent again.</exception>
    public static void AddReference(WriteTransaction write, Digest id)
    {
        int changed = write.Prepare("""
            UPDATE contents SET reference_count = reference_count + 1, unreferenced_at = NULL WHERE id = ?
            """)
            .Bind(id).Run();
        if (changed == 0)
        {
            throw new ApplianceException(ErrorKind.Unavailable, $"Content '{id}' was removed meanwhile: upload the file again.");
        }
    }

    public static void RemoveReference(WriteTransaction write, Digest id) => write.Prepare("""
        UPDATE contents SET
            reference_count = reference_count - 1,
            unreferenced_at = CASE WHEN reference_count = 1 THEN ? END
        WHERE id = ?
        """)
        .Bind(write.Now).Bind(id).Run();

    /// <summary>The content that has this SHA-256 as a whole, if that was noted.</summary>
    public static ContentRecord? FindWhole(ReadTransaction read, Digest whole) => read.Prepare("""
        SELECT c.id, c.size, c.blocks FROM whole_files w JOIN contents c ON c.id = w.content_id WHERE w.digest = ?
        """)
        .Bind(whole).ReadFirst(ReadRow);

    /// <summary>The SHA-256 of a content as a whole, if that was noted.</summary>
    public static Digest? FindWholeDigest(ReadTransaction read, Digest id)
    {
        using Statement row = read.Prepare("SELECT digest FROM whole_files WHERE content_id = ? LIMIT 1").Bind(id);
        return row.Step() ? row.GetDigest(0) : null;
    }

    /// <summary>Notes the SHA-256 of a content as a whole.</summary>
    public static void SetWhole(WriteTransaction write, Digest whole, Digest id) => write.Prepare("""
        INSERT INTO whole_files (digest, content_id) VALUES (?, ?)
        ON CONFLICT (digest) DO UPDATE SET content_id = excluded.content_id
        """)
        .Bind(whole).Bind(id).Run();

    /// <summary>Removes one content that nothing has referred to since then; null when there is none.</summary>
    public static Digest? RemoveUnreferenced(WriteTransaction write, DateTimeOffset since)
    {
        ContentRecord? found = write.Prepare("""
            SELECT id, size, blocks FROM contents WHERE unreferenced_at < ? ORDER BY unreferenced_at LIMIT 1
            """)
            .Bind(since).ReadFirst(ReadRow);
        if (found is null)
        {
            return null;
        }

        foreach (Digest block in found.Blocks)
        {
            write.Prepare("DELETE FROM content_blocks WHERE digest = ? AND content_id = ?").Bind(block).Bind(found.Id).Run();
        }

        write.Prepare("DELETE FROM whole_files WHERE content_id = ?").Bind(found.Id).Run();
        write.Prepare("DELETE FROM contents WHERE id = ?").Bind(found.Id).Run();
        return found.Id;
    }

    /// <summary>How many there are, and their bytes; and the same of those that nothing refers to.</summary>
    public static ContentUsage ReadUsage(ReadTransaction read)
    {
        // The columns behind the list of blocks are left alone: reaching them means to read all of the list.
        using Statement row = read.Prepare("SELECT count(*), coalesce(sum(size), 0) FROM contents");
        row.Step();
        (long unreferencedCount, long unreferencedBytes) = ReadUnreferenced(read, DateTimeOffset.MaxValue);
        return new ContentUsage(row.GetInteger(0), row.GetInteger(1), unreferencedCount, unreferencedBytes);
    }

    /// <summary>How many there are that nothing has referred to since then, and their bytes.</summary>
    public static (long Count, long Bytes) ReadUnreferenced(ReadTransaction read, DateTimeOffset since)
    {
        using Statement row = read.Prepare("SELECT count(*), coalesce(sum(size), 0) FROM contents WHERE unreferenced_at < ?").Bind(since);
        row.Step();
        return (row.GetInteger(0), row.GetInteger(1));
    }

    private static ContentRecord ReadRow(Statement row) => new(row.GetDigest(0), row.GetInteger(1), Unpack(row.GetBytes(2)));

    private static byte[] Pack(IReadOnlyList<Digest> blocks)
    {
        byte[] packed = new byte[blocks.Count * Digest.LengthBytes];
        for (int index = 0; index < blocks.Count; index++)
        {
            blocks[index].CopyTo(packed.AsSpan(index * Digest.LengthBytes));
        }

        return packed;
    }

    private static Digest[] Unpack(byte[] packed)
    {
        var blocks = new Digest[packed.Length / Digest.LengthBytes];
        for (int index = 0; index < blocks.Length; index++)
        {
            blocks[index] = Digest.FromBytes(packed.AsSpan(index * Digest.LengthBytes, Digest.LengthBytes));
        }

        return blocks;
    }
}
