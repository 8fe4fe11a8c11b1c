using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Appliance.Blocks.Disk;
using Appliance.Blocks.Reading;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Upkeep;

/// <summary>
/// Compares what the device holds with the digest. Reads past the page cache: a cached copy proves nothing about the
/// disk, and reading everything must not push out what containers work with. One user at a time.
/// </summary>
internal sealed class BlockVerifier(IBlockDisk disk)
{
    private const int BufferBytes = 1024 * 1024;

    private readonly ArraySegment<byte> buffer = AlignedBuffer();

    /// <summary>Moves a damaged block into quarantine.</summary>
    public BlockCondition Verify(Digest digest)
    {
        using OpenBlock? block = disk.TryOpenUncached(digest);
        if (block is null)
        {
            return BlockCondition.Missing;
        }

        try
        {
            if (Hash(block) == digest)
            {
                return BlockCondition.Intact;
            }
        }
        catch (IOException)
        {
            // Sectors that cannot be read are damage like any other: the block has to come again.
        }

        disk.MoveToQuarantine(digest);
        return BlockCondition.Damaged;
    }

    private static ArraySegment<byte> AlignedBuffer()
    {
        const int alignment = 4096;
        byte[] array = GC.AllocateUninitializedArray<byte>(BufferBytes + alignment, pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        return new ArraySegment<byte>(array, (int)((alignment - (address % alignment)) % alignment), BufferBytes);
    }

    private Digest Hash(OpenBlock block)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int read;
        for (long offset = 0; (read = RandomAccess.Read(block.Handle, buffer, block.Offset + offset)) > 0; offset += read)
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }

        return Digest.FromBytes(hash.GetHashAndReset());
    }
}
