using System.Globalization;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Core.Streams;

namespace Appliance.Volumes.Transfers.Archives;

/// <summary>A file with holes as its reader sees it: the pieces that the archive holds, and zeros between them.</summary>
internal sealed class SparseStream(Stream data, SparseMap map) : OneWayStream
{
    private const int BlockBytes = 512;
    private const int PiecesMax = 1_000_000;

    private Queue<(long Offset, long Length)>? pieces;
    private long position;

    public override bool CanRead => true;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // The archive's own stream is read without waiting for long: what it waits for is the disk or a pipe.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override int Read(Span<byte> buffer)
    {
        pieces ??= ReadMap();
        while (pieces.TryPeek(out (long Offset, long Length) done) && done.Offset + done.Length <= position)
        {
            pieces.Dequeue();
        }

        bool hasPiece = pieces.TryPeek(out (long Offset, long Length) piece);
        bool isInPiece = hasPiece && piece.Offset <= position;
        long end = isInPiece ? piece.Offset + piece.Length : hasPiece ? piece.Offset : map.SizeBytes;
        Span<byte> room = buffer[..(int)Math.Min(buffer.Length, Math.Max(0, Math.Min(end, map.SizeBytes) - position))];
        int read = room.Length;
        if (isInPiece)
        {
            read = data.Read(room);
            if (read == 0 && room.Length > 0)
            {
                throw Fault();
            }
        }
        else
        {
            room.Clear();
        }

        position += read;
        return read;
    }

    private Queue<(long Offset, long Length)> ReadMap()
    {
        long consumed = 0;
        long count = ReadNumber(ref consumed);
        if (count > PiecesMax)
        {
            throw Fault();
        }

        var read = new Queue<(long Offset, long Length)>();
        long end = 0;
        for (long index = 0; index < count; index++)
        {
            (long Offset, long Length) piece = (ReadNumber(ref consumed), ReadNumber(ref consumed));
            if (piece.Offset < end || piece.Length < 0 || piece.Offset > map.SizeBytes - piece.Length)
            {
                throw Fault();
            }

            end = piece.Offset + piece.Length;
            read.Enqueue(piece);
        }

        data.ReadExactly(new byte[(BlockBytes - (consumed % BlockBytes)) % BlockBytes]);
        return read;
    }

    private long ReadNumber(ref long consumed)
    {
        var digits = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (data.Read(one) == 1)
        {
            consumed++;
            if (one[0] == '\n' && long.TryParse(digits.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return number;
            }

            digits.Append((char)one[0]);
            if (digits.Length > 20)
            {
                break;
            }
        }

        throw Fault();
    }

    private ApplianceException Fault() => new(
        ErrorKind.InvalidArgument, $"'{map.Name}' in the archive has a damaged list of its holes: make the archive without --sparse.");
}
