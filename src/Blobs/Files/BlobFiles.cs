using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Blobs.Files;

/// <summary>
/// The files: whole blobs, which never change; blobs that arrive in parts; and what is being received. A file is part of
/// a blob only once the metadata says so.
/// </summary>
internal sealed class BlobFiles
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string directory;
    private readonly string temporary;
    private readonly string partial;
    private readonly string content;
    private long temporaryCount;

    private BlobFiles(string directory)
    {
        this.directory = directory;
        temporary = Path.Combine(directory, "tmp");
        partial = Path.Combine(directory, "parts");
        content = Path.Combine(directory, "content");
    }

    public long FreeBytes => DiskSpace.Of(directory).FreeBytes;

    /// <summary>Makes the directories and clears away what a crash left behind.</summary>
    public static BlobFiles Open(string directory)
    {
        var files = new BlobFiles(Path.GetFullPath(directory));
        foreach (string path in new[] { files.temporary, files.partial, files.content })
        {
            Directory.CreateDirectory(path);
        }

        foreach (string file in Directory.EnumerateFiles(files.temporary))
        {
            File.Delete(file);
        }

        DirectorySync.Flush(files.directory);
        DirectorySync.Flush(Path.GetDirectoryName(files.directory) ?? files.directory);
        return files;
    }

    public string ContentPath(BlobId id) => Path.Combine(content, id.Text);

    public TemporaryBlob CreateTemporary() => Explain(() =>
    {
        string path = Path.Combine(temporary, Interlocked.Increment(ref temporaryCount).ToString("x"));
        return new TemporaryBlob(path, PosixFile.CreateNew(path, ReadOnly));
    });

    /// <summary>Gives the bytes their final name; both survive a power cut when this returns.</summary>
    public void Publish(TemporaryBlob blob, BlobId id)
    {
        Explain(() => PosixFile.SyncData(blob.Handle, blob.Path));
        PosixFile.Rename(blob.Path, ContentPath(id));
        blob.IsPublished = true;
        DirectorySync.Flush(content);
    }

    /// <summary>Makes the file that parts are written into. It is as long as the blob and takes no space yet.</summary>
    public void CreatePartial(BlobId id, long lengthBytes) => Explain(() =>
    {
        using (SafeFileHandle file = File.OpenHandle(PartialPath(id), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            RandomAccess.SetLength(file, lengthBytes);
        }

        DirectorySync.Flush(partial);
    });

    /// <summary>Null when its upload was given up.</summary>
    public SafeFileHandle? TryOpenPartial(BlobId id) => TryOpen(PartialPath(id), FileAccess.ReadWrite);

    /// <summary>Makes the bytes that were written to a partial file durable.</summary>
    public void Sync(SafeFileHandle file, BlobId id) => Explain(() => PosixFile.SyncData(file, PartialPath(id)));

    /// <summary>
    /// Gives a file whose parts have all come its final name. False when its upload was given up. One that already has
    /// that name, from a completion that a crash cut short, keeps it.
    /// </summary>
    public bool TryPublishPartial(BlobId id)
    {
        string path = PartialPath(id);
        if (File.Exists(path))
        {
            File.SetUnixFileMode(path, ReadOnly);
        }

        bool isThere = PosixFile.TryRename(path, ContentPath(id)) || File.Exists(ContentPath(id));
        DirectorySync.Flush(content);
        DirectorySync.Flush(partial);
        return isThere;
    }

    /// <summary>The blobs that have a file of <see cref="CreatePartial"/>.</summary>
    public IEnumerable<BlobId> ListPartial() =>
        Directory.EnumerateFiles(partial).Select(path => BlobId.FromText(Path.GetFileName(path)));

    public SafeFileHandle? TryOpenContent(BlobId id) => TryOpen(ContentPath(id), FileAccess.Read);

    /// <summary>Gives a file that exists the name of a blob, too.</summary>
    public void Adopt(string path, BlobId id)
    {
        PosixFile.Link(path, ContentPath(id));
        DirectorySync.Flush(content);
    }

    public void DeletePartial(BlobId id) => File.Delete(PartialPath(id));

    public void Delete(BlobId id)
    {
        File.Delete(PartialPath(id));
        File.Delete(ContentPath(id));
    }

    public ApplianceException DescribeFull(IOException failure) => BlobErrors.DiskFull(directory, FreeBytes, failure);

    private void Explain(Action step) => Explain(() =>
    {
        step();
        return true;
    });

    /// <summary>Runs a step; a full disk becomes a failure for people to read.</summary>
    private T Explain<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (IOException failure) when (BlobErrors.IsDiskFull(failure))
        {
            throw DescribeFull(failure);
        }
    }

    /// <exception cref="ApplianceException">ResourceExhausted: so many bytes will not fit.</exception>
    public void EnsureSpace(long lengthBytes)
    {
        long free = FreeBytes;
        if (lengthBytes > free)
        {
            throw BlobErrors.TooLittleSpace(directory, free, lengthBytes);
        }
    }

    private static SafeFileHandle? TryOpen(string path, FileAccess access)
    {
        try
        {
            // Shared in every way: .NET would take locks of its own otherwise.
            return File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private string PartialPath(BlobId id) => Path.Combine(partial, id.Text);
}
