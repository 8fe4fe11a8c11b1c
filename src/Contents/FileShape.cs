using System.Buffers.Binary;
using System.Security.Cryptography;
using Appliance.Blocks;
using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Contents;

/// <summary>A file as a client describes it before sending it: its size, and the digest of each 8 MiB block.</summary>
public sealed class FileShape
{
    /// <summary>More than any disk here holds; far from where arithmetic on it would overflow.</summary>
    public const long SizeBytesMax = 1L << 50;

    private Digest? id;

    /// <exception cref="ApplianceException">InvalidArgument: the number of blocks does not fit the size.</exception>
    public FileShape(long sizeBytes, IReadOnlyList<Digest> blocks)
    {
        if (sizeBytes is < 0 or > SizeBytesMax)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"A file of {sizeBytes} bytes cannot be stored.");
        }

        long expected = CountBlocks(sizeBytes);
        if (blocks.Count != expected)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"A file of {sizeBytes} bytes has {expected} blocks of {BlockLimits.LengthBytesMax} bytes, not {blocks.Count}.");
        }

        SizeBytes = sizeBytes;
        Blocks = blocks;
    }

    public long SizeBytes { get; }

    public IReadOnlyList<Digest> Blocks { get; }

    /// <summary>Names the content: the digest of the size and the blocks' digests.</summary>
    public Digest Id => id ??= ComputeId();

    public static long CountBlocks(long sizeBytes) => (sizeBytes + BlockLimits.LengthBytesMax - 1) / BlockLimits.LengthBytesMax;

    /// <summary>The length of a block with its zeros: all but the last are full.</summary>
    public static int LengthOfBlock(long sizeBytes, int index) =>
        (int)Math.Min(BlockLimits.LengthBytesMax, sizeBytes - OffsetOfBlock(index));

    public static long OffsetOfBlock(int index) => (long)index * BlockLimits.LengthBytesMax;

    private Digest ComputeId()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> piece = stackalloc byte[Digest.LengthBytes];
        BinaryPrimitives.WriteInt64BigEndian(piece, SizeBytes);
        hash.AppendData(piece[..sizeof(long)]);
        foreach (Digest block in Blocks)
        {
            block.CopyTo(piece);
            hash.AppendData(piece);
        }

        return Digest.FromBytes(hash.GetHashAndReset());
    }
}
