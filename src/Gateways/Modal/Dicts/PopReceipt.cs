using System.Buffers.Binary;
using Appliance.Metadata.Values;

namespace Appliance.Gateways.Modal.Dicts;

/// <summary>
/// What a pop is remembered by: the value itself where it lay in its row, else the names of its blocks, which stay for
/// as long as the call may be repeated.
/// </summary>
internal static class PopReceipt
{
    public static byte[] ToBytes(StoredValue value)
    {
        var bytes = new byte[sizeof(long) + value.Bytes.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value.BytesInBlocks ?? -1);
        value.Bytes.Span.CopyTo(bytes.AsSpan(sizeof(long)));
        return bytes;
    }

    public static StoredValue FromBytes(byte[] bytes)
    {
        long bytesInBlocks = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return new StoredValue(bytes.AsMemory(sizeof(long)), bytesInBlocks < 0 ? null : bytesInBlocks);
    }
}
