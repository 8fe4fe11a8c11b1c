using System.Buffers;
using System.Security.Cryptography;
using Appliance.Blocks.Disk;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Reading;

/// <summary>
/// Copies blocks out. Reads are made on the calling thread: .NET has no asynchronous file reads on Linux, it would
/// only occupy another pool thread for the same time.
/// </summary>
internal sealed class BlockReader(IBlockDisk disk)
{
    private const int ChunkBytes = 512 * 1024;

    // The kernel takes the first read of a file as the measure for what it reads ahead. A large one makes it wait for
    // as much at each block's beginning; from a small one it doubles, in ever larger pages, while we copy.
    private const int FirstChunkBytes = 16 * 1024;

    public OpenBlock Open(Digest digest) => disk.TryOpen(digest) ?? throw BlockErrors.Missing(digest);

    public async Task CopyAsync(
        Digest digest, long offset, long lengthBytes, Stream destination, CancellationToken cancellation)
    {
        using OpenBlock block = Open(digest);
        if (offset < 0 || lengthBytes < 0 || lengthBytes > block.LengthBytes - offset)
        {
            throw BlockErrors.OutOfRange(digest, offset, lengthBytes, block.LengthBytes);
        }

        await CopyAsync(block, offset, lengthBytes, destination, hash: null, cancellation);
    }

    /// <summary>
    /// Copies a whole block and hashes it on the way. The last chunk is held back until the digest is known to be
    /// right, so that nobody who counts bytes takes a damaged block for a whole one.
    /// </summary>
    /// <returns>False when the block is damaged.</returns>
    public async Task<bool> TryCopyVerifiedAsync(Digest digest, Stream destination, CancellationToken cancellation)
    {
        using OpenBlock block = Open(digest);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int tailBytes = Math.Min(block.LengthBytes, ChunkBytes);
        int headBytes = block.LengthBytes - tailBytes;
        await CopyAsync(block, 0, headBytes, destination, hash, cancellation);
        byte[] tail = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            int read = Read(block, headBytes, tail.AsSpan(0, tailBytes));
            hash.AppendData(tail, 0, read);
            bool isIntact = Digest.FromBytes(hash.GetHashAndReset()) == digest;
            if (isIntact)
            {
                await destination.WriteAsync(tail.AsMemory(0, read), cancellation);
            }

            return isIntact;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(tail);
        }
    }

    private static async Task CopyAsync(
        OpenBlock block,
        long offset,
        long lengthBytes,
        Stream destination,
        IncrementalHash? hash,
        CancellationToken cancellation)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            int wanted = FirstChunkBytes;
            for (long end = offset + lengthBytes; offset < end; wanted = ChunkBytes)
            {
                int read = Read(block, offset, chunk.AsSpan(0, (int)Math.Min(wanted, end - offset)));
                hash?.AppendData(chunk, 0, read);
                await destination.WriteAsync(chunk.AsMemory(0, read), cancellation);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static int Read(OpenBlock block, long offset, Span<byte> room)
    {
        int read = RandomAccess.Read(block.Handle, room, block.Offset + offset);
        return read > 0 || room.IsEmpty
            ? read
            : throw new EndOfStreamException($"The block's file ended at {offset} of {block.LengthBytes} bytes.");
    }
}
