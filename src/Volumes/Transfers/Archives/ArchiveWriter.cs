using System.Formats.Tar;
using Appliance.Core.Progress;
using Appliance.Core.Streams;
using Appliance.Metadata.Volumes;

namespace Appliance.Volumes.Transfers.Archives;

/// <summary>Writes a tree as a tar archive in the PAX format.</summary>
public static class ArchiveWriter
{
    private const int EndMarkBytes = 1024;

    /// <summary>Returns when the whole archive, with its end mark, is written. The target stays open.</summary>
    /// <exception cref="Core.Errors.ApplianceException">What is wrong with the source; then the archive has no end mark.</exception>
    public static async Task WriteAsync(ITreeSource source, Stream target, TransferProgress progress, CancellationToken cancellation)
    {
        // Buffered: the writer sends each header and each padding by itself. Like the writer, it is not disposed when
        // something fails, so that a failure at the very beginning leaves the target untouched.
        var buffered = new BufferedStream(new UndisposedStream(target), 256 * 1024);
        bool isEmpty = true;
        var writer = new TarWriter(buffered, TarEntryFormat.Pax, leaveOpen: true);
        await foreach (TreeItem item in source.ReadAsync(progress, cancellation).ConfigureAwait(false))
        {
            await WriteAsync(writer, item, cancellation).ConfigureAwait(false);
            isEmpty = false;
            if (item.Kind == VolumeEntryKind.File)
            {
                progress.AddFile(item.SizeBytes);
            }
        }

        // Not disposed when something fails: that would write the end mark, and half an archive would pass for a whole one.
        await writer.DisposeAsync().ConfigureAwait(false);
        if (isEmpty)
        {
            // Of nothing it writes not even the end mark.
            await buffered.WriteAsync(new byte[EndMarkBytes], cancellation).ConfigureAwait(false);
        }

        await buffered.FlushAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task WriteAsync(TarWriter writer, TreeItem item, CancellationToken cancellation)
    {
        string name = item.Path.Text;
        PaxTarEntry entry = item.Kind switch
        {
            VolumeEntryKind.Directory => new PaxTarEntry(TarEntryType.Directory, name + "/"),
            VolumeEntryKind.SymbolicLink => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = item.Target! },
            _ => new PaxTarEntry(TarEntryType.RegularFile, name),
        };
        entry.Mode = (UnixFileMode)item.Mode;
        entry.ModificationTime = item.ModifiedAt;
        if (item.Kind != VolumeEntryKind.File || item.SizeBytes == 0)
        {
            await writer.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
            return;
        }

        await using var data = new SizedStream(item.Open(), item.SizeBytes, name);
        entry.DataStream = data;
        await writer.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
    }
}
