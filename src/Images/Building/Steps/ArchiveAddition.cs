using Appliance.Core.Errors;
using Appliance.Images.Archives;
using Appliance.Images.Building.Copying;
using Appliance.Images.Layers;
using Appliance.Images.Layers.Reading;
using Appliance.Images.Layers.Unpacking;
using Appliance.Native.Directories;

namespace Appliance.Images.Building.Steps;

/// <summary>ADD unpacks tar archives; which files are archives, their bytes tell.</summary>
internal static class ArchiveAddition
{
    private const int BlockBytes = 512;

    /// <summary>False for what is no archive.</summary>
    /// <param name="tree">Where the file is.</param>
    /// <param name="path">The file.</param>
    /// <param name="openTarget">Opens the directory to unpack to.</param>
    /// <param name="cancellation">Ends it in the middle.</param>
    public static async Task<bool> TryUnpackAsync(ICopyTree tree, string path, Func<DirectoryHandle> openTarget, CancellationToken cancellation)
    {
        if (tree.Find(path) is not { Kind: NodeKind.File } || !await IsArchiveAsync(tree, path, cancellation).ConfigureAwait(false))
        {
            return false;
        }

        using DirectoryHandle target = openTarget();
        await using Stream packed = tree.Open(path);
        await using Stream plain = await Packing.UnpackAsync(packed, cancellation).ConfigureAwait(false);
        await new LayerUnpacker(target.DescriptorPath, [], ArchiveRules.RootFileSystem, new UnpackLimits()) { KeepsRoot = true }
            .UnpackAsync(new TarReader(plain), cancellation).ConfigureAwait(false);
        return true;
    }

    private static async Task<bool> IsArchiveAsync(ICopyTree tree, string path, CancellationToken cancellation)
    {
        try
        {
            await using Stream packed = tree.Open(path);
            await using Stream plain = await Packing.UnpackAsync(packed, cancellation).ConfigureAwait(false);
            byte[] block = new byte[BlockBytes];
            int length = await plain.ReadAtLeastAsync(block, BlockBytes, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return length == BlockBytes && await new TarReader(new MemoryStream(block)).NextAsync(cancellation).ConfigureAwait(false) is not null;
        }
        catch (Exception fault) when (fault is ApplianceException or InvalidDataException)
        {
            return false;
        }
    }
}
