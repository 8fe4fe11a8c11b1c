using Appliance.Core.Streams;

namespace Appliance.Native.Compression;

/// <summary>Unpacks a zstd stream, of one frame or several, while it is read. Disposing it leaves the source open.</summary>
public sealed class ZstdReadStream(Stream source) : OneWayStream
{
    private readonly ZstdDecompressor context = new();
    private readonly byte[] packed = new byte[128 * 1024];
    private int start;
    private int end;
    private bool isWithinFrame;

    // A full buffer tells nothing about whether the library holds more that it has unpacked already.
    private bool mayHoldMore;

    public override bool CanRead => true;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="InvalidDataException">It is no zstd, damaged or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (start == end && !mayHoldMore && !Refill(source.Read(packed)))
            {
                return 0;
            }

            if (Unpack(buffer) is var written && (written > 0 || buffer.IsEmpty))
            {
                return written;
            }
        }
    }

    /// <exception cref="InvalidDataException">It is no zstd, damaged or cut short.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (start == end && !mayHoldMore && !Refill(await source.ReadAsync(packed, cancellationToken).ConfigureAwait(false)))
            {
                return 0;
            }

            if (Unpack(buffer.Span) is var written && (written > 0 || buffer.IsEmpty))
            {
                return written;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        context.Dispose();
        base.Dispose(disposing);
    }

    private bool Refill(int count)
    {
        if (count == 0 && isWithinFrame)
        {
            throw new InvalidDataException("zstd: the data ends in the middle.");
        }

        start = 0;
        end = count;
        return count > 0;
    }

    private unsafe int Unpack(Span<byte> buffer)
    {
        fixed (byte* from = packed)
        fixed (byte* to = buffer)
        {
            var input = new ZstdCalls.Piece { Start = from + start, Length = (nuint)(end - start) };
            var output = new ZstdCalls.Piece { Start = to, Length = (nuint)buffer.Length };
            nuint left = ZstdCalls.Checked(ZstdCalls.ZSTD_decompressStream(context, ref output, ref input));

            // Without anything to do the answer is about a next frame, which need not come.
            isWithinFrame = input.Position + output.Position > 0 ? left != 0 : isWithinFrame;
            start += (int)input.Position;
            mayHoldMore = output.Position == output.Length && output.Length > 0;
            return (int)output.Position;
        }
    }
}
