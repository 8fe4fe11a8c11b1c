using System.Buffers;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Metadata.Volumes;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Volumes.Transfers;

/// <summary>Writes a tree into an empty directory of this machine: modes, times, links, and holes where there are zeros.</summary>
public sealed class DirectoryWriter(string root)
{
    private const int ChunkBytes = 512 * 1024;
    private const UnixFileMode Accessible = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Kept until the end: making a file changes the time of its directory, and a directory may forbid just that.
    private readonly List<TreeItem> directories = [];

    /// <exception cref="ApplianceException">What is wrong with the source. ResourceExhausted: the disk is full.</exception>
    public async Task WriteAsync(ITreeSource source, TransferProgress progress, CancellationToken cancellation)
    {
        try
        {
            await foreach (TreeItem item in source.ReadAsync(progress, cancellation).ConfigureAwait(false))
            {
                await WriteAsync(item, cancellation).ConfigureAwait(false);
                if (item.Kind == VolumeEntryKind.File)
                {
                    progress.AddFile(item.SizeBytes);
                }
            }

            foreach (TreeItem directory in directories.AsEnumerable().Reverse())
            {
                Directory.SetLastWriteTimeUtc(PlaceOf(directory), directory.ModifiedAt.UtcDateTime);
                File.SetUnixFileMode(PlaceOf(directory), (UnixFileMode)directory.Mode);
            }
        }
        catch (IOException failure) when (failure.HResult is PosixFile.NoSpaceLeft or PosixFile.QuotaExceeded)
        {
            throw new ApplianceException(ErrorKind.ResourceExhausted, $"The disk of '{root}' is full.", failure);
        }
    }

    private async Task WriteAsync(TreeItem item, CancellationToken cancellation)
    {
        string place = PlaceOf(item);
        switch (item.Kind)
        {
            case VolumeEntryKind.Directory:
                Directory.CreateDirectory(place, Accessible);
                directories.Add(item with { Open = () => Stream.Null });
                break;
            case VolumeEntryKind.SymbolicLink:
                File.CreateSymbolicLink(place, item.Target!);
                break;
            default:
                await WriteFileAsync(item, place, cancellation).ConfigureAwait(false);
                break;
        }
    }

    private static async Task WriteFileAsync(TreeItem item, string place, CancellationToken cancellation)
    {
        using SafeFileHandle file = File.OpenHandle(place, FileMode.CreateNew, FileAccess.Write);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            await using Stream source = item.Open();
            long position = 0;
            while (await source.ReadAtLeastAsync(chunk.AsMemory(0, ChunkBytes), ChunkBytes, false, cancellation).ConfigureAwait(false) is > 0 and var read)
            {
                if (chunk.AsSpan(0, read).ContainsAnyExcept((byte)0))
                {
                    RandomAccess.Write(file, chunk.AsSpan(0, read), position);
                }

                position += read;
            }

            RandomAccess.SetLength(file, position);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        File.SetUnixFileMode(file, (UnixFileMode)item.Mode);
        File.SetLastWriteTimeUtc(file, item.ModifiedAt.UtcDateTime);
    }

    private string PlaceOf(TreeItem item) => Path.Combine(root, item.Path.Text);
}
