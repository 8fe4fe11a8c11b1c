using System.IO.Enumeration;
using Appliance.Blocks.Reading;
using Appliance.Core.Digests;
using Appliance.Native.Files;

namespace Appliance.Blocks.Disk;

/// <summary>The store's steps on a real file system. Each block is a file of its own (<see cref="BlockLayout"/>).</summary>
internal sealed class BlockDisk : IBlockDisk, IDisposable
{
    private readonly BlockLayout layout;
    private readonly TimeProvider time;
    private readonly FileLock exclusion;
    private long temporaryCount;

    private BlockDisk(BlockLayout layout, TimeProvider time, FileLock exclusion)
    {
        this.layout = layout;
        this.time = time;
        this.exclusion = exclusion;
    }

    public string Directory => layout.Directory;

    public string QuarantineDirectory => layout.Quarantine;

    public long FreeBytes => DiskSpace.Of(layout.Directory).FreeBytes;

    /// <summary>Makes the directories, takes the lock, and clears away what a crash left behind.</summary>
    /// <exception cref="Core.Errors.ApplianceException">FailedPrecondition: another process has the store open.</exception>
    public static BlockDisk Open(string directory, TimeProvider time)
    {
        var layout = new BlockLayout(Path.GetFullPath(directory));
        System.IO.Directory.CreateDirectory(layout.Directory);
        FileLock exclusion = FileLock.TryTake(layout.Lock) ?? throw BlockErrors.StoreInUse(layout.Directory);
        var disk = new BlockDisk(layout, time, exclusion);
        try
        {
            disk.Prepare();
            return disk;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    public TemporaryBlock CreateTemporary()
    {
        string path = Path.Combine(layout.Temporary, Interlocked.Increment(ref temporaryCount).ToString("x"));
        return new TemporaryBlock(this, path, PosixFile.CreateNew(path, PrivateFile.Readable));
    }

    public async ValueTask WriteAsync(
        TemporaryBlock temporary, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await RandomAccess.WriteAsync(temporary.Handle, content, temporary.LengthBytes, cancellation);
        temporary.LengthBytes += content.Length;
    }

    public void StartWriteback(TemporaryBlock temporary) => PosixFile.StartWriteback(temporary.Handle);

    public void Flush(TemporaryBlock temporary)
    {
        // The age that collection looks at is by our clock, and the inode does not change again once it has its name.
        File.SetLastWriteTimeUtc(temporary.Handle, time.GetUtcNow().UtcDateTime);
        PosixFile.SyncData(temporary.Handle, temporary.Path);
    }

    public void Publish(TemporaryBlock temporary, Digest digest)
    {
        PosixFile.Rename(temporary.Path, layout.Block(digest));
        temporary.MarkPublished();
    }

    public void SyncShelf(int shelf) => DirectorySync.Flush(layout.Shelf(shelf));

    public void Discard(TemporaryBlock temporary) => File.Delete(temporary.Path);

    public string PathOf(Digest digest) => layout.Block(digest);

    public int? FindLength(Digest digest)
    {
        var file = new FileInfo(layout.Block(digest));
        return file.Exists ? checked((int)file.Length) : null;
    }

    public OpenBlock? TryOpen(Digest digest)
    {
        try
        {
            return new OpenBlock(File.OpenHandle(layout.Block(digest), share: FileShare.ReadWrite | FileShare.Delete));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public OpenBlock? TryOpenUncached(Digest digest) =>
        PosixFile.TryOpenUncached(layout.Block(digest)) is { } handle ? new OpenBlock(handle) : null;

    public IEnumerable<StoredBlock> List(int shelf) => new FileSystemEnumerable<StoredBlock>(
        layout.Shelf(shelf),
        (ref FileSystemEntry entry) =>
        {
            _ = BlockLayout.TryReadName(shelf, entry.FileName, out Digest digest);
            return new StoredBlock(digest, (int)entry.Length, entry.LastWriteTimeUtc);
        })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            !entry.IsDirectory && BlockLayout.TryReadName(shelf, entry.FileName, out _),
    };

    public bool MoveToTrash(Digest digest) =>
        PosixFile.TryRename(layout.Block(digest), Path.Combine(layout.Trash, digest.ToString()));

    public void EmptyTrash() => Clear(layout.Trash);

    public bool MoveToQuarantine(Digest digest) =>
        PosixFile.TryRename(layout.Block(digest), Path.Combine(layout.Quarantine, digest.ToString()));

    public void Dispose() => exclusion.Dispose();

    private static void Clear(string directory)
    {
        foreach (string file in System.IO.Directory.EnumerateFiles(directory))
        {
            File.Delete(file);
        }
    }

    private void Prepare()
    {
        foreach (string path in new[] { layout.Temporary, layout.Trash, layout.Quarantine })
        {
            System.IO.Directory.CreateDirectory(path);
        }

        Clear(layout.Temporary);
        EmptyTrash();
        for (int shelf = 0; shelf < BlockLayout.ShelfCount; shelf++)
        {
            System.IO.Directory.CreateDirectory(layout.Shelf(shelf));
        }

        DirectorySync.Flush(layout.Directory);
        DirectorySync.Flush(Path.GetDirectoryName(layout.Directory) ?? layout.Directory);
    }
}
