using System.Buffers;

namespace Grpc.Framing;

/// <summary>A growing buffer that borrows from the shared pool while it holds anything.</summary>
internal sealed class PooledBuffer(int capacityBytes = 0) : IBufferWriter<byte>, IDisposable
{
    private const int SmallestBytes = 256;

    private byte[] bytes = capacityBytes > 0 ? ArrayPool<byte>.Shared.Rent(capacityBytes) : [];

    public int WrittenBytes { get; private set; }

    public ReadOnlySpan<byte> WrittenSpan => bytes.AsSpan(0, WrittenBytes);

    public ReadOnlyMemory<byte> WrittenMemory => bytes.AsMemory(0, WrittenBytes);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(bytes.Length - WrittenBytes));
        WrittenBytes += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return bytes.AsMemory(WrittenBytes);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return bytes.AsSpan(WrittenBytes);
    }

    /// <summary>Forgets what was written and gives the memory back; the buffer can be used again.</summary>
    public void Dispose()
    {
        byte[] old = bytes;
        bytes = [];
        WrittenBytes = 0;
        Return(old);
    }

    private void EnsureRoom(int sizeHint)
    {
        int wanted = checked(WrittenBytes + Math.Max(sizeHint, 1));
        if (wanted <= bytes.Length)
        {
            return;
        }

        long doubled = Math.Min(Math.Max(bytes.Length * 2L, SmallestBytes), Array.MaxLength);
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(doubled, wanted));
        WrittenSpan.CopyTo(larger);
        Return(bytes);
        bytes = larger;
    }

    private static void Return(byte[] old)
    {
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
