using System.Buffers.Binary;

namespace Appliance.Queues;

/// <summary>
/// Which items a get took. This, and not the items, is what a get is remembered by: the items stay where they are until
/// nobody can ask for the lost reply any more (<see cref="QueueSweeper"/>), so that to take them neither copies nor
/// removes them.
/// </summary>
public readonly record struct TakenItems(long Partition, long First, long End)
{
    private const int LengthBytes = 3 * sizeof(long);

    public byte[] ToBytes()
    {
        var bytes = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Partition);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), First);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), End);
        return bytes;
    }

    public static TakenItems FromBytes(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
}
