using System.Buffers;

namespace Appliance.Containers.Networks.Tunnels;

/// <summary>Copies one direction of a connection.</summary>
internal static class StreamRelay
{
    private const int BufferBytes = 128 << 10;

    /// <summary>
    /// Reads only when what was read before is written, so that a slow reader slows the writer. Waits without a buffer:
    /// thousands of silent connections cost next to nothing.
    /// </summary>
    /// <param name="end">Tells the target that nothing more comes.</param>
    public static async Task CopyAsync(Stream source, Stream target, Func<Task> end, CancellationToken cancellation)
    {
        while (true)
        {
            await source.ReadAsync(Memory<byte>.Empty, cancellation).ConfigureAwait(false);
            if (!await CopyOnceAsync(source, target, cancellation).ConfigureAwait(false))
            {
                await end().ConfigureAwait(false);
                return;
            }
        }
    }

    private static async Task<bool> CopyOnceAsync(Stream source, Stream target, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int length = await source.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            await target.WriteAsync(buffer.AsMemory(0, length), cancellation).ConfigureAwait(false);
            return length > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
