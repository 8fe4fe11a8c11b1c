using Appliance.Core.Streams;

namespace Appliance.Native.Compression;

/// <summary>Packs what is written to it as one zstd frame with a checksum. Disposing it ends the frame and leaves the target open.</summary>
public sealed class ZstdWriteStream : OneWayStream
{
    private readonly Stream target;
    private readonly ZstdCompressor context = new();
    private readonly byte[] packed = new byte[128 * 1024];
    private bool isEnded;

    /// <param name="target">Where the packed bytes go.</param>
    /// <param name="level">1 (fast) to 3 (small): the executable has no other packers.</param>
    public ZstdWriteStream(Stream target, int level)
    {
        this.target = target;
        ZstdCalls.Checked(ZstdCalls.ZSTD_CCtx_setParameter(context, ZstdCalls.CompressionLevel, level));
        ZstdCalls.Checked(ZstdCalls.ZSTD_CCtx_setParameter(context, ZstdCalls.ChecksumFlag, 1));
    }

    public override bool CanWrite => true;

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int length = Pack(ref buffer, ZstdCalls.Continue, out _);
            target.Write(packed, 0, length);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int length = PackSome(ref buffer);
            await target.WriteAsync(packed.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        while (!isEnded)
        {
            ReadOnlySpan<byte> nothing = [];
            int length = Pack(ref nothing, ZstdCalls.End, out isEnded);
            await target.WriteAsync(packed.AsMemory(0, length)).ConfigureAwait(false);
        }

        context.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        while (disposing && !isEnded)
        {
            ReadOnlySpan<byte> nothing = [];
            target.Write(packed, 0, Pack(ref nothing, ZstdCalls.End, out isEnded));
        }

        context.Dispose();
        base.Dispose(disposing);
    }

    private int PackSome(ref ReadOnlyMemory<byte> buffer)
    {
        ReadOnlySpan<byte> rest = buffer.Span;
        int length = Pack(ref rest, ZstdCalls.Continue, out _);
        buffer = buffer[^rest.Length..];
        return length;
    }

    private unsafe int Pack(ref ReadOnlySpan<byte> content, int operation, out bool isDone)
    {
        fixed (byte* from = content)
        fixed (byte* to = packed)
        {
            var input = new ZstdCalls.Piece { Start = from, Length = (nuint)content.Length };
            var output = new ZstdCalls.Piece { Start = to, Length = (nuint)packed.Length };
            isDone = ZstdCalls.Checked(ZstdCalls.ZSTD_compressStream2(context, ref output, ref input, operation)) == 0;
            content = content[(int)input.Position..];
            return (int)output.Position;
        }
    }
}
