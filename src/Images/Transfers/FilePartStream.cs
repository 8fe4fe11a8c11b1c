using Appliance.Core.Streams;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Images.Transfers;

/// <summary>A part of a file, read from its beginning to its end.</summary>
internal sealed class FilePartStream(string file, long offset, long lengthBytes) : OneWayStream
{
    private readonly SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.Read);
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override long Position
    {
        get => position;
        set => position = value;
    }

    public override long Length => lengthBytes;

    public override int Read(byte[] buffer, int at, int count) => Read(buffer.AsSpan(at, count));

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, lengthBytes - position);
        int read = wanted == 0 ? 0 : RandomAccess.Read(handle, buffer[..wanted], offset + position);
        position += read;
        return read;
    }

    // It waits for nothing but the disk, and its readers stand on tasks of their own.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    protected override void Dispose(bool disposing)
    {
        handle.Dispose();
        base.Dispose(disposing);
    }
}
