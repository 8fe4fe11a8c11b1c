using System.Runtime.CompilerServices;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Metadata.Volumes;
using Appliance.Native.Files;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Transfers;

/// <summary>
/// A directory of this machine. Links are taken as links; names of one file become files of equal content, which are
/// stored once. Memory grows with the directories that wait to be read, not with the files.
/// </summary>
public sealed class DirectorySource : ITreeSource
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly string root;

    /// <exception cref="ApplianceException">NotFound; InvalidArgument: it is no directory.</exception>
    public DirectorySource(string path)
    {
        root = Path.GetFullPath(path);
        if (!Directory.Exists(root))
        {
            throw File.Exists(root)
                ? new ApplianceException(ErrorKind.InvalidArgument, $"'{path}' is a file, not a directory.")
                : new ApplianceException(ErrorKind.NotFound, $"'{path}' does not exist.");
        }
    }

    /// <summary>Counts the files, so that progress has an end.</summary>
    public (long Files, long Bytes) Measure(CancellationToken cancellation)
    {
        (long Files, long Bytes) sum = default;
        foreach ((_, FileStatus status) in Walk(new TransferProgress()))
        {
            cancellation.ThrowIfCancellationRequested();
            sum = status.Kind == FileKind.File ? (sum.Files + 1, sum.Bytes + status.SizeBytes) : sum;
        }

        return sum;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<TreeItem> ReadAsync(
        TransferProgress progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The caller's thread is given back once; the walk itself never waits for anything but the disk.
        await Task.Yield();
        foreach ((string path, FileStatus status) in Walk(progress))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Describe(path, status, progress) is { } item)
            {
                yield return item;
            }
        }
    }

    private IEnumerable<(string Path, FileStatus Status)> Walk(TransferProgress progress)
    {
        var pending = new Stack<string>([root]);
        while (pending.TryPop(out string? directory))
        {
            foreach (string path in List(directory))
            {
                if (FileStatus.Find(path) is not { } status)
                {
                    progress.Skip(WhyMissing(path));
                    continue;
                }

                yield return (path, status);
                if (status.Kind == FileKind.Directory)
                {
                    pending.Push(path);
                }
            }
        }
    }

    private static IEnumerable<string> List(string directory)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(directory, "*", Everything);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"'{directory}' cannot be read: {cause.Message}", cause);
        }
    }

    // Such a name cannot be told from one that really holds this character, nor stored as it is.
    private static string WhyMissing(string path) => path.Contains('\uFFFD')
        ? throw new ApplianceException(ErrorKind.InvalidArgument, $"'{path}' has a name that is not UTF-8 and cannot be stored: rename it.")
        : $"'{path}' went away while the directory was read";

    private TreeItem? Describe(string path, FileStatus status, TransferProgress progress)
    {
        if (status.Kind == FileKind.Special)
        {
            progress.Skip($"'{path}' is a device, pipe or socket");
            return null;
        }

        string relative = Path.GetRelativePath(root, path);
        int mode = status.Mode & TreeItem.AllPermissions;
        DateTimeOffset modifiedAt = TreeItem.ToStored(status.ModifiedAt);
        VolumePath place = VolumePath.Read(relative);
        return status.Kind switch
        {
            FileKind.Directory => new TreeItem(place, VolumeEntryKind.Directory, mode, modifiedAt),
            FileKind.SymbolicLink => new TreeItem(place, VolumeEntryKind.SymbolicLink, mode, modifiedAt)
            {
                Target = new FileInfo(path).LinkTarget ?? "",
            },
            _ => new TreeItem(place, VolumeEntryKind.File, mode, modifiedAt) { SizeBytes = status.SizeBytes, Open = () => Open(path) },
        };
    }

    private static FileStream Open(string path)
    {
        try
        {
            return PosixFile.TryOpenUnfollowed(path) is { } handle
                ? new FileStream(handle, FileAccess.Read, bufferSize: 0)
                : throw new ApplianceException(ErrorKind.Unavailable, $"'{path}' went away while it was to be read: try again.");
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"'{path}' cannot be read: {cause.Message}", cause);
        }
    }
}
