namespace Appliance.Core.Streams;

/// <summary>Bytes that were read already, and then the rest. Disposing it leaves the source open.</summary>
public sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream source) : OneWayStream
{
    private ReadOnlyMemory<byte> left = prefix;

    public override bool CanRead => true;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => left.IsEmpty ? source.Read(buffer) : Take(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        left.IsEmpty ? source.ReadAsync(buffer, cancellationToken) : ValueTask.FromResult(Take(buffer.Span));

    private int Take(Span<byte> buffer)
    {
        int length = Math.Min(buffer.Length, left.Length);
        left.Span[..length].CopyTo(buffer);
        left = left[length..];
        return length;
    }
}
