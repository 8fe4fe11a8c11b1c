using System.Buffers.Binary;
using System.Text;
using Appliance.Core.Digests;

namespace Appliance.Metadata.Idempotency;

/// <summary>What is stored of an <see cref="IdempotentRequest"/>: made before the writer's turn, since hashing takes time.</summary>
/// <param name="KeyText">The client's key, for messages.</param>
/// <param name="Key">Half a hash of who sent it and the key.</param>
/// <param name="Call">Hash of RPC and request.</param>
public sealed record CallFingerprint(string KeyText, UInt128 Key, Digest Call)
{
    internal const int KeyBytes = 16;

    public static implicit operator CallFingerprint(IdempotentRequest request)
    {
        var call = new byte[Digest.LengthBytes + Encoding.UTF8.GetByteCount(request.Rpc)];
        request.RequestHash.CopyTo(call);
        Encoding.UTF8.GetBytes(request.Rpc, call.AsSpan(Digest.LengthBytes));
        Span<byte> key = stackalloc byte[Digest.LengthBytes];
        Digest.Of(Encoding.UTF8.GetBytes($"{request.Scope}\0{request.Key}")).CopyTo(key);
        return new CallFingerprint(request.Key, ToKey(key), Digest.Of(call));
    }

    internal static UInt128 ToKey(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128LittleEndian(bytes);

    internal void CopyKeyTo(Span<byte> bytes) => BinaryPrimitives.WriteUInt128LittleEndian(bytes, Key);
}
