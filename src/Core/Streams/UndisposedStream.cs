namespace Appliance.Core.Streams;

/// <summary>Writes to another stream, which disposing this leaves open.</summary>
public sealed class UndisposedStream(Stream target) : OneWayStream
{
    public override bool CanWrite => true;

    public override void Write(byte[] buffer, int offset, int count) => target.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => target.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        target.WriteAsync(buffer, cancellationToken);

    public override void Flush() => target.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => target.FlushAsync(cancellationToken);
}
