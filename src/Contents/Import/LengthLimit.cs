using Appliance.Core.Streams;

namespace Appliance.Contents.Import;

/// <summary>The beginning of a stream.</summary>
internal sealed class LengthLimit(Stream source, long lengthBytes) : OneWayStream
{
    private long left = lengthBytes;

    public override bool CanRead => true;

    public override int Read(byte[] buffer, int offset, int count) => Count(source.Read(buffer, offset, (int)Math.Min(count, left)));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await source.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken).ConfigureAwait(false));

    private int Count(int read)
    {
        left -= read;
        return read;
    }
}
