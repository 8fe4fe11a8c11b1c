using System.Buffers;
using System.Buffers.Binary;

namespace Grpc.Framing;

/// <summary>The five bytes before each message: a flag for "compressed", and the length, big-endian.</summary>
internal readonly record struct MessageHeader(bool IsCompressed, uint Length)
{
    public const int SizeBytes = 5;

    public static bool TryRead(ReadOnlySequence<byte> buffer, out MessageHeader header)
    {
        if (buffer.Length < SizeBytes)
        {
            header = default;
            return false;
        }

        Span<byte> bytes = stackalloc byte[SizeBytes];
        buffer.Slice(0, SizeBytes).CopyTo(bytes);
        if (bytes[0] > 1)
        {
            throw new MalformedMessageException($"The message starts with byte {bytes[0]}, where 0 or 1 says whether it is compressed.");
        }

        header = new MessageHeader(bytes[0] == 1, BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]));
        return true;
    }

    public void Write(Span<byte> output)
    {
        output[0] = IsCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(output[1..], Length);
    }
}
