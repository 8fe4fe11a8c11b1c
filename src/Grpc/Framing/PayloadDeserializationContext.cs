using System.Buffers;
using Grpc.Core;

namespace Grpc.Framing;

/// <summary>Hands a message to its marshaller where it lies in the receive buffer, so that nothing is copied before parsing.</summary>
internal sealed class PayloadDeserializationContext : DeserializationContext
{
    private ReadOnlySequence<byte> payload;

    public override int PayloadLength => (int)payload.Length;

    public void SetPayload(ReadOnlySequence<byte> value) => payload = value;

    public override byte[] PayloadAsNewBuffer() => payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => payload;
}
