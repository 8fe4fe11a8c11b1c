using Appliance.Blocks;
using Appliance.Blocks.Leases;
using Appliance.Contents.Assembly;
using Appliance.Contents.Import;
using Appliance.Contents.Reading;
using Appliance.Contents.Upkeep;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Contents;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Contents;

/// <summary>
/// Whole files by content. A file of one block is that block; a longer one is a plain file in which its blocks lie in
/// order, so that containers read it at the speed of the disk and nothing is stored twice. All members may be used
/// from many threads at once.
/// </summary>
public sealed class ContentStore
{
    private readonly MetadataStore metadata;
    private readonly BlockStore blocks;
    private readonly ContentLayout layout;
    private readonly AssemblyTable assemblies;
    private readonly ContentPublisher publisher;

    private ContentStore(MetadataStore metadata, BlockStore blocks, ContentLayout layout)
    {
        this.metadata = metadata;
        this.blocks = blocks;
        this.layout = layout;
        assemblies = new AssemblyTable(layout);
        publisher = new ContentPublisher(metadata, layout);
        Reader = new ContentReader(blocks, layout);
        Importer = new ContentImporter(metadata, blocks, layout, publisher);
        Scrubber = new ContentScrubber(metadata, layout, OpenChecked, TimeProvider.System);
        Collector = new ContentCollector(metadata, blocks.Holds, layout, assemblies, publisher);
    }

    public ContentReader Reader { get; }

    public ContentImporter Importer { get; }

    public ContentCollector Collector { get; }

    public ContentScrubber Scrubber { get; }

    /// <summary>Opens the store, making it if need be, and clears away what a crash left behind.</summary>
    public static ContentStore Open(string directory, MetadataStore metadata, BlockStore blocks)
    {
        var layout = new ContentLayout(Path.GetFullPath(directory));
        ContentFolders.Prepare(layout);
        return new ContentStore(metadata, blocks, layout);
    }

    /// <summary>Protects everything that is stored or found from now on, until this is disposed and for a grace after that.</summary>
    public IDisposable Hold() => blocks.Holds.Take();

    /// <summary>The bytes of a file, compared block by block with their digests while they are read.</summary>
    /// <exception cref="ApplianceException">NotFound: it was removed.</exception>
    public Stream OpenChecked(FileContent content) => content.Form switch
    {
        ContentForm.Empty => Stream.Null,
        ContentForm.Block => new CheckedStream(Reader.Open(content), content, [content.Id], Reader.PathOf(content)),
        _ => metadata.Read(read => ContentRows.Find(read, content.Id)) is { } record
            ? new CheckedStream(Reader.Open(content), content, record.Blocks, Reader.PathOf(content))
            : throw ContentErrors.Missing(content.Id),
    };

    /// <summary>Which blocks of the file have to be sent before it can be taken. In order, without repetition.</summary>
    public async Task<IReadOnlyList<int>> FindMissingAsync(FileShape shape, CancellationToken cancellation)
    {
        if (shape.Blocks.Count == 0 || publisher.IsStored(shape))
        {
            return [];
        }

        if (shape.Blocks.Count == 1)
        {
            return shape.Blocks[0] == Digest.OfNothing || blocks.Exists(shape.Blocks[0]) ? [] : [0];
        }

        ContentAssembly? assembly = assemblies.IsBegun(shape.Id) ? assemblies.Open(shape.Id, shape.SizeBytes) : null;
        List<int> missing = [];
        HashSet<Digest> seen = [Digest.OfNothing];
        for (int index = 0; index < shape.Blocks.Count; index++)
        {
            Digest block = shape.Blocks[index];
            bool isHere = assembly is not null && await assembly.HasAsync(index, block, cancellation).ConfigureAwait(false);
            if (seen.Add(block) && !isHere && !IsElsewhere(block))
            {
                missing.Add(index);
            }
        }

        return missing;
    }

    /// <summary>Fails early when what is to be sent cannot fit on the disk.</summary>
    /// <exception cref="ApplianceException">ResourceExhausted.</exception>
    public void EnsureRoom(long wantedBytes)
    {
        long freeBytes = DiskSpace.Of(layout.Directory).FreeBytes;
        if (wantedBytes > freeBytes)
        {
            throw ContentErrors.NoRoom(wantedBytes, freeBytes, layout.Directory);
        }
    }

    /// <summary>Takes in one block of a file, as it comes. Nothing is promised until the file is taken.</summary>
    /// <exception cref="ApplianceException">
    /// InvalidArgument: other bytes than announced. TooLarge. ResourceExhausted: the disk is full; what had arrived of
    /// the file is removed. Unavailable: somebody else is sending this block.
    /// </exception>
    public async Task PutBlockAsync(BlockSlot slot, Stream source, CancellationToken cancellation)
    {
        if (FileShape.CountBlocks(slot.SizeBytes) == 1)
        {
            using BlockLease lease = await blocks.PutAsync(source, slot.Digest, cancellation).ConfigureAwait(false);
            return;
        }

        if (publisher.IsStored(slot.ContentId))
        {
            await ContentAssembly.CheckAsync(slot, source, cancellation).ConfigureAwait(false);
            return;
        }

        try
        {
            await assemblies.Open(slot.ContentId, slot.SizeBytes).PutAsync(slot.Index, slot.Digest, source, cancellation).ConfigureAwait(false);
        }
        catch (IOException failure) when (ContentErrors.IsDiskFull(failure))
        {
            assemblies.Abandon(slot.ContentId);
            throw ContentErrors.DiskFull(layout.Directory, failure);
        }
        catch (FileNotFoundException)
        {
            // When the file was made whole meanwhile, nothing is lacking.
            if (!await publisher.IsStoredInTurnAsync(slot.ContentId, cancellation).ConfigureAwait(false))
            {
                throw;
            }
        }
    }

    /// <summary>
    /// The file's content, made whole and durable if all of its blocks are here; null when some are missing.
    /// </summary>
    /// <exception cref="ApplianceException">ResourceExhausted: the disk is full.</exception>
    public async Task<ContentLease?> TryTakeAsync(FileShape shape, CancellationToken cancellation)
    {
        if (shape.Blocks.Count == 0)
        {
            return new ContentLease(FileContent.Empty);
        }

        if (shape.Blocks.Count == 1 && blocks.TryPin(shape.Blocks[0]) is { } block)
        {
            if (block.LengthBytes == shape.SizeBytes)
            {
                return new ContentLease(new FileContent(ContentForm.Block, block.Digest, shape.SizeBytes), block);
            }

            block.Dispose();
        }

        return await TryTakeFileAsync(shape, cancellation).ConfigureAwait(false)
            ? new ContentLease(new FileContent(ContentForm.File, shape.Id, shape.SizeBytes))
            : null;
    }

    private async Task<bool> TryTakeFileAsync(FileShape shape, CancellationToken cancellation)
    {
        if (await publisher.TryRenewAsync(shape, cancellation).ConfigureAwait(false))
        {
            return true;
        }

        ContentAssembly assembly = assemblies.Open(shape.Id, shape.SizeBytes);
        try
        {
            if (!await FillAsync(assembly, shape, cancellation).ConfigureAwait(false))
            {
                // Unless its parts were just moved away: somebody else is publishing the same file.
                return await publisher.TryRenewInTurnAsync(shape, cancellation).ConfigureAwait(false);
            }

            assembly.Sync();
        }
        catch (IOException failure) when (ContentErrors.IsDiskFull(failure))
        {
            assemblies.Abandon(shape.Id);
            throw ContentErrors.DiskFull(layout.Directory, failure);
        }
        catch (FileNotFoundException)
        {
            // Somebody else has finished the same file meanwhile, or is about to.
            if (!await publisher.TryRenewInTurnAsync(shape, cancellation).ConfigureAwait(false))
            {
                throw;
            }

            return true;
        }

        await publisher.PublishAsync(shape, assembly.Path, cancellation).ConfigureAwait(false);
        assemblies.Forget(shape.Id);
        return true;
    }

    /// <summary>Copies what the store holds elsewhere to its place; false when a block is nowhere.</summary>
    private async Task<bool> FillAsync(ContentAssembly assembly, FileShape shape, CancellationToken cancellation)
    {
        var first = new Dictionary<Digest, int>();
        for (int index = 0; index < shape.Blocks.Count; index++)
        {
            Digest block = shape.Blocks[index];
            if (await assembly.HasAsync(index, block, cancellation).ConfigureAwait(false))
            {
                first.TryAdd(block, index);
                continue;
            }

            using Stream? source = first.TryGetValue(block, out int twin)
                ? OpenPart(assembly.Path, twin, shape.SizeBytes)
                : OpenElsewhere(block);
            if (source is null && block != Digest.OfNothing)
            {
                return false;
            }

            await assembly.PutAsync(index, block, source ?? Stream.Null, cancellation).ConfigureAwait(false);
            first.TryAdd(block, index);
        }

        return true;
    }

    private bool IsElsewhere(Digest block) =>
        blocks.Exists(block) || metadata.Read(read => ContentRows.FindBlock(read, block)) is not null;

    private Stream? OpenElsewhere(Digest block)
    {
        if (blocks.Exists(block))
        {
            return new FileRange(blocks.OpenRead(block));
        }

        return metadata.Read(read => ContentRows.FindBlock(read, block)) is { } place
            ? OpenPart(layout.File(place.ContentId), place.BlockIndex, place.ContentSizeBytes)
            : null;
    }

    private static FileRange? OpenPart(string path, int index, long sizeBytes)
    {
        try
        {
            SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return new FileRange(file, FileShape.OffsetOfBlock(index), FileShape.LengthOfBlock(sizeBytes, index));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
