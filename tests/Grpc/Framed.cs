using System.Buffers.Binary;
using Google.Protobuf;

namespace Appliance.Tests.Grpc;

/// <summary>Messages with their five bytes in front, right and wrong ones.</summary>
internal static class Framed
{
    public static byte[] Message(IMessage message) => Bytes(0, message.ToByteArray());

    public static byte[] Bytes(byte flag, ReadOnlySpan<byte> body, uint? length = null)
    {
        var frame = new byte[5 + body.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)body.Length);
        body.CopyTo(frame.AsSpan(5));
        return frame;
    }
}
