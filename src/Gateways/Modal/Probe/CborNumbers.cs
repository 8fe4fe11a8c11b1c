using System.Buffers.Binary;
using Google.Protobuf;

namespace Appliance.Gateways.Modal.Probe;

/// <summary>Numbers as arguments and results of functions, in CBOR (RFC 8949).</summary>
internal static class CborNumbers
{
    private const byte ValueMax = 0x17;
    private const byte EightBytes = 0x1B;

    /// <summary>One positional argument: [[number], {}].</summary>
    public static ByteString ToArguments(ulong number)
    {
        byte[] written = [0x82, 0x81, EightBytes, 0, 0, 0, 0, 0, 0, 0, 0, 0xA0];
        BinaryPrimitives.WriteUInt64BigEndian(written.AsSpan(3), number);
        return ByteString.CopyFrom(written);
    }

    /// <summary>Null for anything else than one number.</summary>
    public static ulong? Read(ByteString written) => written.Span switch
    {
        [<= ValueMax and var small] => small,
        [EightBytes, .. { Length: sizeof(ulong) } bytes] => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        _ => null,
    };
}
