using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Appliance.Containers.Ttrpc;

/// <summary>
/// The form of ttrpc's messages on the wire: 10 bytes of header, big-endian (length of the payload, id of the stream,
/// type, flags), then the payload.
/// </summary>
internal static class TtrpcFrame
{
    public const byte Request = 1;
    public const byte Response = 2;

    public const int HeaderLength = 10;

    /// <summary>The protocol's own limit; a peer that announces more is not speaking it.</summary>
    public const int PayloadMax = 4 << 20;

    /// <summary>Sends one message; the caller sees to it that nobody else sends on the stream meanwhile.</summary>
    public static async ValueTask SendAsync(Stream stream, uint streamId, byte type, IMessage message, CancellationToken cancellation)
    {
        int length = message.CalculateSize();
        if (length > PayloadMax)
        {
            throw new TtrpcException(TtrpcCode.ResourceExhausted, $"The message has {length} bytes; ttrpc allows {PayloadMax}.");
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(HeaderLength + length);
        try
        {
            BinaryPrimitives.WriteUInt32BigEndian(buffer, (uint)length);
            BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(4), streamId);
            buffer[8] = type;
            buffer[9] = 0;
            message.WriteTo(buffer.AsSpan(HeaderLength, length));
            await stream.WriteAsync(buffer.AsMemory(0, HeaderLength + length), cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="EndOfStreamException">The peer is gone.</exception>
    /// <exception cref="InvalidDataException">The peer does not speak ttrpc.</exception>
    public static async ValueTask<(uint StreamId, byte Type, byte[] Payload)> ReceiveAsync(
        Stream stream, byte[] header, CancellationToken cancellation)
    {
        await stream.ReadExactlyAsync(header.AsMemory(0, HeaderLength), cancellation);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length > PayloadMax)
        {
            throw new InvalidDataException($"A ttrpc peer announced a message of {length} bytes; {PayloadMax} are allowed.");
        }

        uint streamId = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        byte type = header[8];
        byte[] payload = length == 0 ? [] : new byte[length];
        await stream.ReadExactlyAsync(payload, cancellation);
        return (streamId, type, payload);
    }
}
