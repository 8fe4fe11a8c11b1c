using Appliance.Core.Digests;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Mounts;

/// <summary>The tables of mounts and their files.</summary>
public static class MountRows
{
    /// <summary>The digest of all that the mount holds; null when there is no such mount.</summary>
    public static Digest? FindChecksum(ReadTransaction read, string id)
    {
        using Statement row = read.Prepare("SELECT checksum FROM mounts WHERE id = ?").Bind(id);
        return row.Step() ? row.GetDigest(0) : null;
    }

    /// <summary>Whether there is a mount that holds just this.</summary>
    public static bool IsThere(ReadTransaction read, Digest checksum)
    {
        using Statement row = read.Prepare("SELECT 1 FROM mounts WHERE checksum = ? LIMIT 1").Bind(checksum);
        return row.Step();
    }

    /// <summary>The files of a mount in the order of their paths, some at a time.</summary>
    public static List<MountFileRecord> ListFiles(ReadTransaction read, string id, string afterPath, int countMax) => read.Prepare("""
        SELECT path, mode, size, form, content FROM mount_files WHERE mount_id = ? AND path > ? ORDER BY path LIMIT ?
        """)
        .Bind(id).Bind(afterPath).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>Adds a mount that will hold that many files, with so many bytes in all.</summary>
    /// <summary>How many files a mount has, and their size together.</summary>
    public static (long Files, long Bytes) FindSize(ReadTransaction read, string id)
    {
        using Statement row = read.Prepare("SELECT count(*), coalesce(sum(size), 0) FROM mount_files WHERE mount_id = ?").Bind(id);
        return row.Step() ? (row.GetInteger(0), row.GetInteger(1)) : (0, 0);
    }

    public static void Add(WriteTransaction write, string id, Digest checksum, long fileCount, long byteCount) =>
        write.Prepare("INSERT INTO mounts (id, checksum, file_count, byte_count) VALUES (?, ?, ?, ?)")
            .Bind(id).Bind(checksum).Bind(fileCount).Bind(byteCount).Run();

    /// <summary>Adds a file with a path that the mount does not have yet.</summary>
    public static void AddFile(WriteTransaction write, string id, MountFileRecord file)
    {
        Statement insert = write.Prepare("INSERT INTO mount_files (mount_id, path, mode, size, form, content) VALUES (?, ?, ?, ?, ?, ?)")
            .Bind(id).Bind(file.Path).Bind((long)file.Mode).Bind(file.SizeBytes).Bind((long)file.Form);
        (file.Content is { } content ? insert.Bind(content) : insert.BindNull()).Run();
    }

    /// <summary>Removes some files of a mount and answers them; with the last ones goes the mount itself.</summary>
    public static List<MountFileRecord> RemoveSome(WriteTransaction write, string id, int countMax)
    {
        List<MountFileRecord> removed = write.Prepare("""
            DELETE FROM mount_files WHERE (mount_id, path) IN (SELECT mount_id, path FROM mount_files WHERE mount_id = ? LIMIT ?)
            RETURNING path, mode, size, form, content
            """)
            .Bind(id).Bind((long)countMax).ReadAll(ReadRow);
        if (removed.Count < countMax)
        {
            write.Prepare("DELETE FROM mounts WHERE id = ?").Bind(id).Run();
        }

        return removed;
    }

    private static MountFileRecord ReadRow(Statement row) => new(
        row.GetText(0), (int)row.GetInteger(1), row.GetInteger(2), (int)row.GetInteger(3), row.IsNull(4) ? null : row.GetDigest(4));
}
