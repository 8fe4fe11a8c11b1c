using Appliance.Blocks.Reading;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Contents.Reading;

/// <summary>Reads a part of a file as a stream of its own.</summary>
internal sealed class FileRange(SafeFileHandle file, long offset, long lengthBytes) : Stream
{
    private long position;

    public FileRange(OpenBlock block)
        : this(block.Handle, block.Offset, block.LengthBytes)
    {
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => lengthBytes;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int start, int count) => Read(buffer.AsSpan(start, count));

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, lengthBytes - position);
        int read = wanted == 0 ? 0 : RandomAccess.Read(file, buffer[..wanted], offset + position);
        position += read;
        return read;
    }

    // .NET has no asynchronous file reads on Linux; another pool thread would be occupied for the same time.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long target, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int start, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
