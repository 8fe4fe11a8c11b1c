using System.Buffers.Binary;
using System.Net.Sockets;

namespace Appliance.Containers.Networks.Names;

/// <summary>DNS messages on a connection: each behind its length.</summary>
internal static class NameStream
{
    private const int LengthBytes = 2;

    /// <summary>Null at the end of the connection.</summary>
    public static async Task<byte[]?> ReadAsync(Socket socket, CancellationToken cancellation)
    {
        byte[] length = new byte[LengthBytes];
        if (!await FillAsync(socket, length, cancellation).ConfigureAwait(false))
        {
            return null;
        }

        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        return await FillAsync(socket, message, cancellation).ConfigureAwait(false) ? message : null;
    }

    public static async Task WriteAsync(Socket socket, byte[] message, CancellationToken cancellation)
    {
        byte[] framed = new byte[LengthBytes + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, LengthBytes);
        for (int sent = 0; sent < framed.Length;)
        {
            sent += await socket.SendAsync(framed.AsMemory(sent), cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<bool> FillAsync(Socket socket, byte[] buffer, CancellationToken cancellation)
    {
        for (int filled = 0; filled < buffer.Length;)
        {
            int length = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellation).ConfigureAwait(false);
            if (length == 0)
            {
                return false;
            }

            filled += length;
        }

        return true;
    }
}
