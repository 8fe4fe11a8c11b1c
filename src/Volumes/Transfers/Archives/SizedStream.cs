using Appliance.Core.Errors;

namespace Appliance.Volumes.Transfers.Archives;

/// <summary>Exactly so many bytes of a stream, as an archive announces them before it has them.</summary>
internal sealed class SizedStream(Stream source, long lengthBytes, string path) : Stream
{
    private long position;

    public override bool CanRead => true;

    // The archive's writer asks this to learn whether the length is known; it never seeks.
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => lengthBytes;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        Span<byte> room = buffer[..(int)Math.Min(buffer.Length, lengthBytes - position)];
        return Note(source.Read(room), room.Length);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Memory<byte> room = buffer[..(int)Math.Min(buffer.Length, lengthBytes - position)];
        return Note(await source.ReadAsync(room, cancellationToken).ConfigureAwait(false), room.Length);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Note(int read, int wanted)
    {
        position += read;
        return read > 0 || wanted == 0
            ? read
            : throw new ApplianceException(ErrorKind.Unavailable, $"'{path}' became shorter while it was read: try again.");
    }
}
