using Appliance.Images.Archives;
using Appliance.Images.Layers.Trees;
using Appliance.Native.Directories;

namespace Appliance.Images.Layers.Unpacking;

/// <summary>
/// Unpacks the archive of one layer into an empty directory, in the form in which a union file system takes it: a name
/// that the layer removes is a character device of number 0, a directory that hides all below it has an attribute.
/// </summary>
/// <param name="directory">Empty, on the disk where it stays.</param>
/// <param name="below">Directories of the layers below, topmost first.</param>
/// <param name="rules">What paths mean.</param>
/// <param name="limits">How large it may become.</param>
internal sealed class LayerUnpacker(string directory, IReadOnlyList<string> below, ArchiveRules rules, UnpackLimits limits)
{
    private readonly DiskRoom room = new(directory, limits.DiskReserveBytes);

    /// <summary>Whether owner, mode and time of the directory itself stay as they are: it is one of an image, not a new root.</summary>
    public bool KeepsRoot { get; init; }

    /// <exception cref="Core.Errors.ApplianceException">
    /// InvalidArgument: the entry at fault. ResourceExhausted: the disk. What was unpacked by then is left.
    /// </exception>
    public async Task<UnpackedLayer> UnpackAsync(TarReader reader, CancellationToken cancellation)
    {
        room.Ensure();
        using DirectoryHandle root = DirectoryHandle.Open(directory);
        using var directories = new LayerDirectories(root, new LowerTree(below));
        var writer = new EntryWriter(directories, new FileFiller(room), rules, limits);
        TarEntry? rootEntry = null;
        long count = 0;
        long size = 0;
        while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } entry)
        {
            NodeName[] path = EntryPath.Read(entry, entry.Name, rules, limits.DepthMax);
            if (path.Length == 0)
            {
                rootEntry = entry.Kind == TarKind.Directory ? entry : throw ArchiveFault.InEntry(entry, "stands for the root of the image, but is no directory.");
                continue;
            }

            if (++count > limits.EntryCountMax)
            {
                throw ArchiveFault.InEntry(entry, $"is one entry too many: a layer may have {limits.EntryCountMax}.");
            }

            room.AddedEntry();
            size += entry.SizeBytes;
            await PlaceAsync(writer, directories, reader, entry, path, cancellation).ConfigureAwait(false);
        }

        directories.SetTimes();
        if (!KeepsRoot)
        {
            SetRoot(root, directories, rootEntry);
        }

        return new UnpackedLayer(size, count, directories.HasLookedBelow);
    }

    private static async ValueTask PlaceAsync(
        EntryWriter writer, LayerDirectories directories, TarReader reader, TarEntry entry, NodeName[] path, CancellationToken cancellation)
    {
        try
        {
            if (Whiteout.Is(path[^1]))
            {
                Whiteout.Apply(directories, entry, path);
            }
            else
            {
                await writer.WriteAsync(reader, entry, path, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (UnpackFailure.Explain(entry, failure) is { } explained)
        {
            throw explained;
        }
    }

    private static void SetRoot(DirectoryHandle root, LayerDirectories directories, TarEntry? rootEntry)
    {
        if (rootEntry is null)
        {
            directories.SetRootAsBelow();
        }
        else
        {
            root.SetOwn(rootEntry.User, rootEntry.Group, rootEntry.Mode, rootEntry.ModifiedAt);
        }
    }
}

/// <summary>What became of an archive.</summary>
/// <param name="SizeBytes">The lengths of its files.</param>
/// <param name="EntryCount">Its entries.</param>
/// <param name="HasLookedBelow">Whether the layers below lent it something.</param>
internal readonly record struct UnpackedLayer(long SizeBytes, long EntryCount, bool HasLookedBelow);
