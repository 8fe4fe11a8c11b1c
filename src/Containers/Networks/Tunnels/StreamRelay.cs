using System.Buffers;
using System.Net.Sockets;

namespace Appliance.Containers.Networks.Tunnels;

/// <summary>Copies what connections carry.</summary>
internal static class StreamRelay
{
    private const int BufferBytes = 128 << 10;
    private const int KeepAliveSeconds = 60;

    /// <summary>Makes a connection find out that its other side has vanished.</summary>
    public static void KeepAlive(Socket client)
    {
        client.NoDelay = true;
        client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
    }

    /// <summary>Copies both ways until both have ended. When one fails the other is given up, and the failure thrown.</summary>
    /// <param name="outside">One side.</param>
    /// <param name="endOutside">Tells it that nothing more comes.</param>
    /// <param name="inside">The other.</param>
    /// <param name="endInside">Tells that one.</param>
    /// <param name="cancellation">Gives up both.</param>
    public static async Task CopyBothAsync(
        Stream outside, Func<Task> endOutside, Stream inside, Func<Task> endInside, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task toInside = CopyAsync(outside, inside, endInside, stop.Token);
        Task toOutside = CopyAsync(inside, outside, endOutside, stop.Token);
        Task first = await Task.WhenAny(toInside, toOutside).ConfigureAwait(false);
        if (!first.IsCompletedSuccessfully)
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(toInside, toOutside).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads only when what was read before is written, so that a slow reader slows the writer. Waits without a buffer:
    /// thousands of silent connections cost next to nothing.
    /// </summary>
    /// <param name="end">Tells the target that nothing more comes.</param>
    private static async Task CopyAsync(Stream source, Stream target, Func<Task> end, CancellationToken cancellation)
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
