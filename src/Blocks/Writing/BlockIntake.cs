using System.Buffers;
using System.Security.Cryptography;
using Appliance.Blocks.Disk;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Writing;

/// <summary>Takes in one block from a source, in chunks from the shared pool.</summary>
internal sealed class BlockIntake(IBlockDisk disk, Stream source) : IDisposable
{
    private const int ChunkBytes = 256 * 1024;

    private readonly byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ReadOnlyMemory<byte> unwritten;
    private TemporaryBlock? temporary;

    public Digest Digest { get; private set; }

    public int LengthBytes { get; private set; }

    /// <summary>
    /// Reads the source to its end, hashing and writing each chunk at the same time. Content of a single chunk is
    /// not written yet: small blocks are many, and those already stored then cost no file.
    /// </summary>
    /// <exception cref="Core.Errors.ApplianceException">TooLarge: more than a block's bytes came.</exception>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> content = await ReadChunkAsync(cancellation);
        if (content.Length < ChunkBytes)
        {
            hash.AppendData(content.Span);
            unwritten = content;
        }
        else
        {
            temporary = disk.CreateTemporary();
            while (content.Length > 0)
            {
                ValueTask written = disk.WriteAsync(temporary, content, cancellation);
                hash.AppendData(content.Span);
                await written;
                content = await ReadChunkAsync(cancellation);
            }
        }

        Digest = Digest.FromBytes(hash.GetHashAndReset());
    }

    /// <summary>Reads the source to its end for its digest only.</summary>
    /// <exception cref="Core.Errors.ApplianceException">TooLarge: more than a block's bytes came.</exception>
    public async Task ReadDigestAsync(CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> content;
        while ((content = await ReadChunkAsync(cancellation)).Length > 0)
        {
            hash.AppendData(content.Span);
        }

        Digest = Digest.FromBytes(hash.GetHashAndReset());
    }

    /// <summary>The file with all bytes that <see cref="ReadAsync"/> read; gone with this object unless published.</summary>
    public async ValueTask<TemporaryBlock> EnsureWrittenAsync(CancellationToken cancellation)
    {
        if (temporary is null)
        {
            temporary = disk.CreateTemporary();
            await disk.WriteAsync(temporary, unwritten, cancellation);
        }

        return temporary;
    }

    public void Dispose()
    {
        temporary?.Dispose();
        hash.Dispose();
        ArrayPool<byte>.Shared.Return(chunk);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadChunkAsync(CancellationToken cancellation)
    {
        Memory<byte> room = chunk.AsMemory(0, ChunkBytes);
        int read = await source.ReadAtLeastAsync(room, ChunkBytes, throwOnEndOfStream: false, cancellation);
        LengthBytes += read;
        return LengthBytes <= BlockLimits.LengthBytesMax ? room[..read] : throw BlockErrors.TooLarge();
    }
}
