using Appliance.Blocks;
using Appliance.Core.Digests;
using Appliance.Core.Streams;

namespace Appliance.Contents.Reading;

/// <summary>Reads a content from its beginning and fails at the end of a block whose bytes no longer have their digest.</summary>
internal sealed class CheckedStream(Stream source, FileContent content, IReadOnlyList<Digest> blocks, string path) : OneWayStream
{
    private readonly BlockHash hash = new();
    private long position;

    public override bool CanRead => true;

    public override long Length => content.SizeBytes;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="Core.Errors.ApplianceException">DataLoss: the stored bytes are damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        int room = BlockLimits.LengthBytesMax - (int)(position % BlockLimits.LengthBytesMax);
        int read = source.Read(buffer[..Math.Min(buffer.Length, room)]);
        if (read == 0)
        {
            return position < content.SizeBytes && !buffer.IsEmpty ? throw Damaged() : 0;
        }

        hash.Append(buffer[..read]);
        position += read;
        if ((position % BlockLimits.LengthBytesMax == 0 || position == content.SizeBytes) && hash.Finish() != blocks[Index()])
        {
            throw Damaged();
        }

        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : ValueTask.FromResult(Read(buffer.Span));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Index() => (int)((Math.Max(position, 1) - 1) / BlockLimits.LengthBytesMax);

    private Exception Damaged() => ContentErrors.Damaged(content.Id, Index(), path);
}
