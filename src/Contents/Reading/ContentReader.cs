using System.Buffers;
using Appliance.Blocks;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Contents.Reading;

/// <summary>Reads contents, whole or in part.</summary>
public sealed class ContentReader
{
    private const int ChunkBytes = 512 * 1024;

    private readonly BlockStore blocks;
    private readonly ContentLayout layout;

    internal ContentReader(BlockStore blocks, ContentLayout layout)
    {
        this.blocks = blocks;
        this.layout = layout;
    }

    /// <summary>The bytes of the file as a stream; what is opened stays readable whatever becomes of the file.</summary>
    /// <exception cref="ApplianceException">NotFound: it was removed.</exception>
    public Stream Open(FileContent content) => Open(content, 0, content.SizeBytes);

    /// <summary>A part of the file as a stream.</summary>
    /// <exception cref="ApplianceException">NotFound: it was removed.</exception>
    public Stream Open(FileContent content, long offset, long lengthBytes) => content.Form switch
    {
        ContentForm.Empty => Stream.Null,
        ContentForm.Block when blocks.OpenRead(content.Id) is var block => new FileRange(block.Handle, block.Offset + offset, lengthBytes),
        _ => new FileRange(OpenFile(content.Id), offset, lengthBytes),
    };

    /// <summary>Where the bytes lie as a plain file, which may be linked to and must not be changed.</summary>
    public string PathOf(FileContent content) => content.Form == ContentForm.Block ? blocks.PathOf(content.Id) : layout.File(content.Id);

    /// <summary>
    /// Copies one block with its zeros to a peer, who never gets all bytes of a damaged one. The last piece is held back
    /// until the digest is known to be right.
    /// </summary>
    /// <exception cref="ApplianceException">NotFound: it was removed. DataLoss: it is damaged.</exception>
    public async Task CopyBlockAsync(BlockSlot slot, Stream destination, CancellationToken cancellation)
    {
        long offset = FileShape.OffsetOfBlock(slot.Index);
        int length = FileShape.LengthOfBlock(slot.SizeBytes, slot.Index);
        if (slot.ContentId == slot.Digest)
        {
            await blocks.CopyVerifiedToAsync(slot.Digest, destination, cancellation).ConfigureAwait(false);
            return;
        }

        using SafeFileHandle file = OpenFile(slot.ContentId);
        using var hash = new BlockHash();
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (int done = 0; done < length;)
            {
                int read = ReadFully(file, chunk.AsSpan(0, Math.Min(ChunkBytes, length - done)), offset + done);
                hash.Append(chunk.AsSpan(0, read));
                done += read;
                if (read == 0 || (done == length && hash.Finish() != slot.Digest))
                {
                    throw ContentErrors.Damaged(slot.ContentId, slot.Index, layout.File(slot.ContentId));
                }

                await destination.WriteAsync(chunk.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Copies a part of one block, without checking it: only whole blocks can be.</summary>
    /// <exception cref="ApplianceException">NotFound: it was removed.</exception>
    public async Task CopyPartAsync(BlockSlot slot, int offset, int length, Stream destination, CancellationToken cancellation)
    {
        if (slot.ContentId == slot.Digest)
        {
            await blocks.CopyToAsync(slot.Digest, offset, length, destination, cancellation).ConfigureAwait(false);
            return;
        }

        await using var part = new FileRange(OpenFile(slot.ContentId), FileShape.OffsetOfBlock(slot.Index) + offset, length);
        await part.CopyToAsync(destination, ChunkBytes, cancellation).ConfigureAwait(false);
    }

    private static int ReadFully(SafeFileHandle file, Span<byte> room, long offset)
    {
        int total = 0;
        while (total < room.Length && RandomAccess.Read(file, room[total..], offset + total) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }

    private SafeFileHandle OpenFile(Digest id)
    {
        try
        {
            return File.OpenHandle(layout.File(id), share: FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            throw ContentErrors.Missing(id);
        }
    }
}
