using Appliance.Core.Streams;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Volumes.WorkingCopies.Storing;

/// <summary>The first bytes of an open file, however long it grows. Leaves the file open.</summary>
internal sealed class FileBeginning(SafeFileHandle file, long lengthBytes, CancellationToken cancellation) : OneWayStream
{
    private long position;

    public override bool CanRead => true;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        int wanted = (int)Math.Min(buffer.Length, lengthBytes - position);
        int read = wanted == 0 ? 0 : RandomAccess.Read(file, buffer[..wanted], position);
        position += read;
        return read;
    }

    // .NET has no asynchronous file reads on Linux; another pool thread would be occupied for the same time.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));
}
