using System.Globalization;
using System.Text;

namespace Appliance.Images.Archives;

/// <summary>Reads where the pieces of a file with holes belong, in each of the four forms that GNU tar has had.</summary>
internal static class SparsePieces
{
    private const int PiecesMax = 1_000_000;
    private const int PieceBytes = 24;
    private const int FirstOffset = 386;
    private const int PiecesInHeader = 4;
    private const int PiecesInExtension = 21;

    /// <summary>The old form: within the header, and in blocks after it.</summary>
    public static async ValueTask<(List<TarPiece> Pieces, long SizeBytes)> ReadOldAsync(
        byte[] header, TarInput input, CancellationToken cancellation)
    {
        List<TarPiece> pieces = [];
        AddFields(pieces, header.AsSpan(FirstOffset), PiecesInHeader, input.Position);
        if (!TarNumbers.TryRead(header.AsSpan(483, 12), out long sizeBytes))
        {
            throw ArchiveFault.At(input.Position, "the length of a file with holes is no number");
        }

        bool isExtended = header[482] != 0;
        while (isExtended)
        {
            ReadOnlyMemory<byte> block = await input.TakeBlockAsync(cancellation).ConfigureAwait(false) ?? throw ArchiveFault.CutShort(input.Position);
            AddFields(pieces, block.Span, PiecesInExtension, input.Position);
            isExtended = block.Span[504] != 0;
        }

        return (pieces, sizeBytes);
    }

    /// <summary>Version 0.1: one text of numbers.</summary>
    public static List<TarPiece> ReadText(byte[] text, long position)
    {
        List<TarPiece> pieces = [];
        string[] numbers = Encoding.ASCII.GetString(text).Split(',');
        for (int index = 0; index + 1 < numbers.Length; index += 2)
        {
            pieces.Add(new TarPiece(Number(numbers[index], position), Number(numbers[index + 1], position)));
        }

        return pieces;
    }

    /// <summary>Version 1.0: lines of digits in blocks before the data.</summary>
    /// <returns>The pieces, and how many bytes of the data they took.</returns>
    public static async ValueTask<(List<TarPiece> Pieces, long TakenBytes)> ReadBlocksAsync(TarInput input, CancellationToken cancellation)
    {
        List<TarPiece> pieces = [];
        var digits = new StringBuilder();
        long? count = null;
        long? offset = null;
        long taken = 0;
        while (true)
        {
            ReadOnlyMemory<byte> block = await input.TakeBlockAsync(cancellation).ConfigureAwait(false) ?? throw ArchiveFault.CutShort(input.Position);
            taken += TarInput.BlockBytes;
            foreach (byte letter in block.ToArray())
            {
                if (letter != '\n')
                {
                    digits.Append((char)letter);
                    continue;
                }

                long number = Number(digits.ToString(), input.Position);
                digits.Clear();
                if (count is null)
                {
                    count = number;
                }
                else if (offset is null)
                {
                    offset = number;
                }
                else
                {
                    pieces.Add(new TarPiece(offset.Value, number));
                    offset = null;
                }

                if (pieces.Count == count)
                {
                    return (pieces, taken);
                }
            }

            if (digits.Length > 20 || count > PiecesMax)
            {
                throw ArchiveFault.At(input.Position, "the list of a file's holes is damaged");
            }
        }
    }

    /// <summary>Pieces are in order, within the file, and as long together as what the archive holds.</summary>
    public static void Check(IReadOnlyList<TarPiece> pieces, long sizeBytes, long storedBytes, long position)
    {
        long end = 0;
        long sum = 0;
        bool isSound = pieces.Count <= PiecesMax;
        foreach (TarPiece piece in pieces)
        {
            isSound = isSound && piece.Offset >= end && piece.LengthBytes >= 0 && piece.Offset <= sizeBytes - piece.LengthBytes;
            end = piece.Offset + piece.LengthBytes;
            sum += piece.LengthBytes;
        }

        if (!isSound || sum != storedBytes)
        {
            throw ArchiveFault.At(position, "the list of a file's holes is damaged");
        }
    }

    private static void AddFields(List<TarPiece> pieces, ReadOnlySpan<byte> fields, int countMax, long position)
    {
        for (int index = 0; index < countMax && fields[index * PieceBytes] != 0; index++)
        {
            ReadOnlySpan<byte> field = fields.Slice(index * PieceBytes, PieceBytes);
            bool isPiece = TarNumbers.TryRead(field[..12], out long offset) & TarNumbers.TryRead(field[12..], out long length);
            if (!isPiece || pieces.Count >= PiecesMax)
            {
                throw ArchiveFault.At(position, "the list of a file's holes is damaged");
            }

            pieces.Add(new TarPiece(offset, length));
        }
    }

    private static long Number(string text, long position) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw ArchiveFault.At(position, "the list of a file's holes is damaged");
}
