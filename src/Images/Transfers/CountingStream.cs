using Appliance.Core.Streams;

namespace Appliance.Images.Transfers;

/// <summary>Tells how many bytes were read. Disposing it leaves the source open.</summary>
internal sealed class CountingStream(Stream source, Action<long> onRead) : OneWayStream
{
    public override bool CanRead => true;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read = source.Read(buffer);
        onRead(read);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        onRead(read);
        return read;
    }
}
