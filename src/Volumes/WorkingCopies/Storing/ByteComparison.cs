using System.Buffers;

namespace Appliance.Volumes.WorkingCopies.Storing;

/// <summary>Compares streams byte by byte.</summary>
internal static class ByteComparison
{
    private const int ChunkBytes = 256 * 1024;

    /// <summary>Whether both hold the same bytes from here to their ends.</summary>
    public static async Task<bool> AreEqualAsync(Stream one, Stream other, CancellationToken cancellation)
    {
        byte[] left = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        byte[] right = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (true)
            {
                int leftRead = await one.ReadAtLeastAsync(left.AsMemory(0, ChunkBytes), ChunkBytes, false, cancellation).ConfigureAwait(false);
                int rightRead = await other.ReadAtLeastAsync(right.AsMemory(0, ChunkBytes), ChunkBytes, false, cancellation).ConfigureAwait(false);
                if (!left.AsSpan(0, leftRead).SequenceEqual(right.AsSpan(0, rightRead)))
                {
                    return false;
                }

                if (leftRead == 0)
                {
                    return true;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(left);
            ArrayPool<byte>.Shared.Return(right);
        }
    }
}
