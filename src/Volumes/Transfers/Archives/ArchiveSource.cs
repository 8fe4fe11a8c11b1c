using System.Formats.Tar;
using System.Runtime.CompilerServices;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Core.Streams;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Transfers.Archives;

/// <summary>A tar archive, plain or packed with gzip or zstd, read from its beginning to its end.</summary>
public sealed class ArchiveSource(Stream archive) : ITreeSource
{
    // The reader remembers the bytes' stream of every entry. A new one now and then keeps memory flat.
    private const int EntriesPerReader = 10_000;

    /// <inheritdoc/>
    public async IAsyncEnumerable<TreeItem> ReadAsync(
        TransferProgress progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using Stream unpacked = await ArchivePacking.UnpackAsync(archive, cancellation).ConfigureAwait(false);
        await using var tar = new TarBlocks(unpacked);
        var reader = new TarReader(tar, leaveOpen: true);
        try
        {
            int count = 0;
            while (await NextAsync(reader, cancellation).ConfigureAwait(false) is { } entry)
            {
                if (Describe(entry, progress) is { } item)
                {
                    yield return item;
                }

                if (++count % EntriesPerReader == 0)
                {
                    await SkipDataAsync(entry, tar, cancellation).ConfigureAwait(false);
                    await reader.DisposeAsync().ConfigureAwait(false);
                    reader = new TarReader(tar, leaveOpen: true);
                }
            }
        }
        finally
        {
            await reader.DisposeAsync().ConfigureAwait(false);
        }

        tar.EnsureEnded();

        // To its end, where packed archives keep their checksums.
        await tar.CopyToAsync(Stream.Null, cancellation).ConfigureAwait(false);
    }

    private static async Task<TarEntry?> NextAsync(TarReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.GetNextEntryAsync(copyData: false, cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is InvalidDataException or FormatException or EndOfStreamException or NotSupportedException)
        {
            throw ArchivePacking.Unreadable(fault);
        }
    }

    private static async Task SkipDataAsync(TarEntry entry, TarBlocks tar, CancellationToken cancellation)
    {
        if (entry.DataStream is { } data)
        {
            await data.CopyToAsync(Stream.Null, cancellation).ConfigureAwait(false);
        }

        await tar.SkipPaddingAsync(cancellation).ConfigureAwait(false);
    }

    private static TreeItem? Describe(TarEntry entry, TransferProgress progress)
    {
        SparseMap? sparse = SparseMap.Find(entry);
        VolumePath path = PathOf(sparse?.Name ?? entry.Name);
        DateTimeOffset modifiedAt = TreeItem.ToStored(entry.ModificationTime);
        int mode = (int)entry.Mode & TreeItem.AllPermissions;
        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile when !path.IsRoot:
                return new TreeItem(path, VolumeEntryKind.File, mode, modifiedAt)
                {
                    SizeBytes = sparse?.SizeBytes ?? entry.Length,
                    Open = () => Open(entry, sparse),
                    IsFleeting = true,
                };
            case TarEntryType.Directory:
                return path.IsRoot ? null : new TreeItem(path, VolumeEntryKind.Directory, mode, modifiedAt);
            case TarEntryType.SymbolicLink when !path.IsRoot:
                return new TreeItem(path, VolumeEntryKind.SymbolicLink, mode, modifiedAt) { Target = entry.LinkName };
            case TarEntryType.HardLink when !path.IsRoot:
                return new TreeItem(path, VolumeEntryKind.File, mode, modifiedAt) { TwinOf = PathOf(entry.LinkName) };
            case TarEntryType.GlobalExtendedAttributes:
                return null;
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice or TarEntryType.Fifo:
                progress.Skip($"'{entry.Name}' is a device or pipe");
                return null;
            default:
                throw new ApplianceException(
                    ErrorKind.InvalidArgument,
                    $"'{entry.Name}' in the archive is of a kind ('{(char)entry.EntryType}') that cannot be stored: make the archive with 'tar --format=pax'.");
        }
    }

    // The entry's own stream stays open: the reader passes over what is left of it.
    private static OneWayStream Open(TarEntry entry, SparseMap? sparse) => sparse is null
        ? new PrefixedStream(default, entry.DataStream ?? Stream.Null)
        : new SparseStream(entry.DataStream ?? Stream.Null, sparse);

    /// <summary>An archive must not say where outside of its own tree something is to go, not even where that would do no harm.</summary>
    private static VolumePath PathOf(string name) => name.StartsWith('/')
        ? throw new ApplianceException(
            ErrorKind.InvalidArgument, $"'{name}' in the archive is an absolute path: make the archive without them ('tar -C DIR .').")
        : VolumePath.Read(name);
}
