namespace Appliance.Images.Archives;

/// <summary>A tar archive's bytes, taken block by block through one large buffer.</summary>
internal sealed class TarInput(Stream source)
{
    public const int BlockBytes = 512;

    private const int BufferBytes = 256 * 1024;

    private readonly byte[] buffer = new byte[BufferBytes];
    private int start;
    private int end;

    /// <summary>How many bytes were taken.</summary>
    public long Position { get; private set; }

    /// <summary>The next block; valid until the next call. Null at the end of the stream.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> TakeBlockAsync(CancellationToken cancellation)
    {
        while (end - start < BlockBytes)
        {
            buffer.AsSpan(start..end).CopyTo(buffer);
            end -= start;
            start = 0;
            int read = await ReadSourceAsync(buffer.AsMemory(end), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return end == 0 ? null : throw ArchiveFault.CutShort(Position + end);
            }

            end += read;
        }

        start += BlockBytes;
        Position += BlockBytes;
        return buffer.AsMemory(start - BlockBytes, BlockBytes);
    }

    /// <summary>Some of the bytes that come next, at least one.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellation)
    {
        int length = Math.Min(end - start, target.Length);
        if (length > 0)
        {
            buffer.AsSpan(start, length).CopyTo(target.Span);
            start += length;
        }
        else
        {
            length = await ReadSourceAsync(target, cancellation).ConfigureAwait(false);
            if (length == 0)
            {
                throw ArchiveFault.CutShort(Position);
            }
        }

        Position += length;
        return length;
    }

    public async ValueTask ReadExactlyAsync(Memory<byte> target, CancellationToken cancellation)
    {
        while (!target.IsEmpty)
        {
            target = target[await ReadAsync(target, cancellation).ConfigureAwait(false)..];
        }
    }

    public async ValueTask SkipAsync(long lengthBytes, CancellationToken cancellation)
    {
        byte[]? scratch = null;
        while (lengthBytes > 0)
        {
            int buffered = (int)Math.Min(end - start, lengthBytes);
            if (buffered == 0 && source.CanSeek)
            {
                Seek(lengthBytes);
                return;
            }

            if (buffered == 0)
            {
                scratch ??= new byte[BufferBytes];
                lengthBytes -= await ReadAsync(scratch.AsMemory(0, (int)Math.Min(scratch.Length, lengthBytes)), cancellation).ConfigureAwait(false);
            }
            else
            {
                start += buffered;
                Position += buffered;
                lengthBytes -= buffered;
            }
        }
    }

    /// <summary>Passes over all that is left, as what packed it keeps its checksum at the end.</summary>
    public async ValueTask DrainAsync(CancellationToken cancellation)
    {
        start = end = 0;
        while (await ReadSourceAsync(buffer, cancellation).ConfigureAwait(false) > 0)
        {
        }
    }

    private void Seek(long lengthBytes)
    {
        if (source.Position + lengthBytes > source.Length)
        {
            throw ArchiveFault.CutShort(Position);
        }

        source.Position += lengthBytes;
        Position += lengthBytes;
    }

    private async ValueTask<int> ReadSourceAsync(Memory<byte> target, CancellationToken cancellation)
    {
        try
        {
            return await source.ReadAsync(target, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException fault)
        {
            throw ArchiveFault.At(Position, fault.Message.TrimEnd('.'), fault);
        }
    }
}
