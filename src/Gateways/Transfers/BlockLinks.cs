using System.Buffers.Binary;
using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Identity.Links;

namespace Appliance.Gateways.Transfers;

/// <summary>Makes and reads the links under which single blocks of files are sent and fetched.</summary>
public sealed class BlockLinks(LinkSigner signer)
{
    public const string Route = "/blocks/";

    private const string Put = "block-put";
    private const string Get = "block-get";

    private const int IndexAt = (2 * Digest.LengthBytes) + sizeof(long);
    private const int PayloadBytes = IndexAt + (3 * sizeof(int));

    // Long enough for the largest file on the slowest line.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The path to send a block to.</summary>
    public string PutPath(BlockSlot slot) => Route + signer.Sign(Put, Pack(slot, 0, 0), Lifetime);

    /// <summary>The path to fetch a part of a block from; the whole of it, with its zeros, when that is the part.</summary>
    public string GetPath(BlockSlot slot, int offset, int length) => Route + signer.Sign(Get, Pack(slot, offset, length), Lifetime);

    /// <exception cref="Core.Errors.ApplianceException">PermissionDenied: not a link of this kind, or expired.</exception>
    public BlockSlot OpenPut(string link) => Unpack(signer.Open(Put, link)).Slot;

    /// <exception cref="Core.Errors.ApplianceException">PermissionDenied: not a link of this kind, or expired.</exception>
    public (BlockSlot Slot, int Offset, int Length) OpenGet(string link) => Unpack(signer.Open(Get, link));

    private static byte[] Pack(BlockSlot slot, int offset, int length)
    {
        byte[] payload = new byte[PayloadBytes];
        slot.ContentId.CopyTo(payload);
        slot.Digest.CopyTo(payload.AsSpan(Digest.LengthBytes));
        BinaryPrimitives.WriteInt64BigEndian(payload.AsSpan(2 * Digest.LengthBytes), slot.SizeBytes);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(IndexAt), slot.Index);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(IndexAt + sizeof(int)), offset);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(IndexAt + (2 * sizeof(int))), length);
        return payload;
    }

    private static (BlockSlot Slot, int Offset, int Length) Unpack(ReadOnlySpan<byte> payload)
    {
        var slot = new BlockSlot(
            Digest.FromBytes(payload[..Digest.LengthBytes]),
            BinaryPrimitives.ReadInt64BigEndian(payload[(2 * Digest.LengthBytes)..]),
            BinaryPrimitives.ReadInt32BigEndian(payload[IndexAt..]),
            Digest.FromBytes(payload.Slice(Digest.LengthBytes, Digest.LengthBytes)));
        return (
            slot,
            BinaryPrimitives.ReadInt32BigEndian(payload[(IndexAt + sizeof(int))..]),
            BinaryPrimitives.ReadInt32BigEndian(payload[(IndexAt + (2 * sizeof(int)))..]));
    }
}
