using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Images.Layers.Reading;
using Appliance.Images.Layers.Trees;
using Appliance.Images.Layers.Unpacking;
using Appliance.Metadata;
using Appliance.Metadata.Images;
using Appliance.Native.Directories;
using Appliance.Native.Files;

namespace Appliance.Images.Layers;

/// <summary>
/// The layers of all images: each a directory that a union file system takes as it is, made once, never changed. A layer
/// is whole and on disk before it gets its name, and has its name before the metadata knows it: what a crash leaves is
/// swept at the next start.
/// </summary>
public sealed class LayerStore : IAsyncDisposable
{
    private readonly string directory;
    private readonly MetadataStore store;
    private readonly UnpackLimits limits;
    private readonly LayerHolds holds = new();
    private readonly LayerTurns turns = new();
    private readonly LayerSweep sweep;

    private LayerStore(string directory, MetadataStore store, UnpackLimits limits, LayerSweep sweep)
    {
        this.directory = directory;
        this.store = store;
        this.limits = limits;
        this.sweep = sweep;
    }

    /// <summary>Bounds of what is unpacked.</summary>
    internal UnpackLimits Limits => limits;

    /// <summary>Ends what would fill the disk.</summary>
    internal DiskRoom NewRoom() => new(directory, limits.DiskReserveBytes);

    /// <summary>Opens the layers of a data directory and begins to remove what an earlier run left half-done.</summary>
    /// <param name="directory">Made if need be, readable by its owner alone: layers hold programs that act as root.</param>
    /// <param name="store">The metadata.</param>
    /// <param name="report">Told what went wrong in the background.</param>
    /// <param name="limits">Bounds of what is unpacked.</param>
    public static LayerStore Open(string directory, MetadataStore store, Action<Exception> report, UnpackLimits? limits = null)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new LayerStore(directory, store, limits ?? new UnpackLimits(), LayerSweep.Begin(directory, store, report));
    }

    /// <summary>Where a layer lies.</summary>
    public string DirectoryOf(string name) => Path.Combine(directory, name);

    /// <summary>Holds a layer that is there; null when it is not.</summary>
    public LayerHold? TryHold(string name) => TryHold(() => store.Read(read => ImageLayerRows.Find(read, name)));

    /// <summary>Holds the layer that an archive would give; null when it was not unpacked yet.</summary>
    /// <param name="diffId">SHA-256 of the plain archive.</param>
    /// <param name="below">Names of the layers below, base first.</param>
    public LayerHold? TryHold(Digest diffId, IReadOnlyList<string> below) =>
        TryHold(() => store.Read(read => ImageLayerRows.Find(read, diffId, LayerChain.Of(below))));

    /// <summary>Makes a layer of an archive, or finds the one that it made before.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="below">Names of the layers below, base first.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <exception cref="ApplianceException">
    /// InvalidArgument: what is wrong with the archive. ResourceExhausted: the disk. FailedPrecondition: not root.
    /// </exception>
    public async Task<LayerHold> UnpackAsync(LayerArchive archive, IReadOnlyList<string> below, CancellationToken cancellation)
    {
        if (!DirectoryHandle.CanChangeOwners)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, "Only root can unpack images, since their files belong to many users: run the appliance as root.");
        }

        using IDisposable turn = await turns.TakeAsync(archive.DiffId, cancellation).ConfigureAwait(false);
        if (archive.DiffId is { } known && TryHold(known, below) is { } present)
        {
            return present;
        }

        return await BuildAsync(
            async path =>
            {
                (UnpackedLayer layer, Digest diffId) = await LayerPipeline
                    .RunAsync(archive, path, [.. below.Reverse().Select(DirectoryOf)], limits, cancellation).ConfigureAwait(false);
                return new ImageLayerRecord(
                    0, "", diffId, layer.HasLookedBelow ? LayerChain.Of(below) : null, layer.SizeBytes, layer.EntryCount);
            },
            below,
            cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a layer of a directory that is in overlay form already, such as the upper directory of a container that has
    /// ended. The directory is moved, and not there afterwards.
    /// </summary>
    /// <param name="upper">On the disk of the data directory; nobody uses it any more.</param>
    /// <param name="cancellation">Up to the moment when it is moved.</param>
    /// <exception cref="ApplianceException">NotFound: the directory.</exception>
    public Task<LayerHold> AdoptAsync(string upper, CancellationToken cancellation) => BuildAsync(
        path =>
        {
            Directory.Delete(path);
            Require(upper);
            PosixFile.Rename(upper, path);
            return Task.FromResult(Describe(path, cancellation));
        },
        [],
        cancellation);

    /// <summary>
    /// As <see cref="AdoptAsync"/>, but leaves the directory as it is and copies it: for a container that goes on, which
    /// must be frozen meanwhile.
    /// </summary>
    public Task<LayerHold> CopyAsync(string upper, CancellationToken cancellation) => CopyAsync(new TreeSource(upper), cancellation);

    /// <summary>Makes a layer of a copy.</summary>
    /// <exception cref="ApplianceException">NotFound: the directory. ResourceExhausted: the disk.</exception>
    public Task<LayerHold> CopyAsync(TreeSource source, CancellationToken cancellation) => BuildAsync(
        path =>
        {
            Require(source.Directory);
            TreeCopy.Copy(source, path, NewRoom(), cancellation);
            source.Finish?.Invoke(path);
            return Task.FromResult(Describe(path, cancellation));
        },
        [],
        cancellation);

    /// <summary>Removes layers that no image is made of and that nobody holds.</summary>
    /// <returns>How many, and the lengths of their files.</returns>
    public async Task<TreeMeasure> CollectAsync(CancellationToken cancellation)
    {
        TreeMeasure sum = default;
        foreach (ImageLayerRecord unused in store.Read(ImageLayerRows.ListUnused))
        {
            if (await TryRemoveAsync(unused, cancellation).ConfigureAwait(false))
            {
                sum = new TreeMeasure(sum.SizeBytes + unused.SizeBytes, sum.EntryCount + 1);
            }
        }

        return sum;
    }

    public ValueTask DisposeAsync() => sweep.DisposeAsync();

    private static void Require(string upper)
    {
        if (!Directory.Exists(upper))
        {
            throw new ApplianceException(ErrorKind.NotFound, $"There is no directory '{upper}' to make a layer of.");
        }
    }

    private static ImageLayerRecord Describe(string path, CancellationToken cancellation)
    {
        TreeMeasure measure = TreeMeasure.Of(path, cancellation);
        return new ImageLayerRecord(0, "", null, null, measure.SizeBytes, measure.EntryCount);
    }

    private LayerHold? TryHold(Func<ImageLayerRecord?> find)
    {
        if (find() is not { } record || !holds.TryAdd(record.Name))
        {
            return null;
        }

        if (find() is { } still && still.Name == record.Name)
        {
            return new LayerHold(holds, still, DirectoryOf(still.Name));
        }

        // It was removed before it was held.
        holds.Release(record.Name);
        return null;
    }

    private async Task<LayerHold> BuildAsync(
        Func<string, Task<ImageLayerRecord>> fill, IReadOnlyList<string> below, CancellationToken cancellation)
    {
        string temporary = Path.Combine(directory, LayerName.MintTemporary());
        try
        {
            Directory.CreateDirectory(temporary);
            ImageLayerRecord record = await fill(temporary).ConfigureAwait(false) with { Name = LayerName.Mint() };
            if (record.DiffId is { } diffId && TryHold(diffId, below) is { } present)
            {
                return present;
            }

            cancellation.ThrowIfCancellationRequested();
            PosixFile.SyncFileSystem(temporary);
            return await PublishAsync(temporary, record).ConfigureAwait(false);
        }
        finally
        {
            TreeRemoval.Remove(temporary);
        }
    }

    private async Task<LayerHold> PublishAsync(string temporary, ImageLayerRecord record)
    {
        holds.TryAdd(record.Name);
        try
        {
            PosixFile.Rename(temporary, DirectoryOf(record.Name));
            DirectorySync.Flush(directory);
            long key = await store.WriteAsync(write => ImageLayerRows.Add(write, record)).ConfigureAwait(false);
            return new LayerHold(holds, record with { Key = key }, DirectoryOf(record.Name));
        }
        catch
        {
            holds.Release(record.Name);
            throw;
        }
    }

    private async Task<bool> TryRemoveAsync(ImageLayerRecord layer, CancellationToken cancellation)
    {
        if (!holds.TryDoom(layer.Name))
        {
            return false;
        }

        try
        {
            bool isRemoved = await store.WriteAsync(write => ImageLayerRows.RemoveUnused(write, layer.Key), cancellation).ConfigureAwait(false);
            if (isRemoved)
            {
                string gone = Path.Combine(directory, LayerName.MintTemporary());
                PosixFile.TryRename(DirectoryOf(layer.Name), gone);
                TreeRemoval.Remove(gone);
            }

            return isRemoved;
        }
        finally
        {
            holds.Spare(layer.Name);
        }
    }
}
