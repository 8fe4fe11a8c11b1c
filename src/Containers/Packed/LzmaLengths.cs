namespace Appliance.Containers.Packed;

/// <summary>How LZMA tells lengths of matches: short ones in few bits that depend on the position, long ones in many.</summary>
internal sealed class LzmaLengths
{
    private const int ShortBits = 3;
    private const int LongBits = 8;

    private readonly ushort[] shortest;
    private readonly ushort[] middle;
    private readonly ushort[] longest = new ushort[1 << LongBits];
    private ushort isNotShortest = RangeDecoder.EvenOdds;
    private ushort isLongest = RangeDecoder.EvenOdds;

    public LzmaLengths(int positionStates)
    {
        shortest = new ushort[positionStates << ShortBits];
        middle = new ushort[positionStates << ShortBits];
        Array.Fill(shortest, RangeDecoder.EvenOdds);
        Array.Fill(middle, RangeDecoder.EvenOdds);
        Array.Fill(longest, RangeDecoder.EvenOdds);
    }

    /// <summary>The length less the two bytes that a match has at least.</summary>
    public int Read(ref RangeDecoder input, int place)
    {
        const int Kinds = 1 << ShortBits;
        if (input.Bit(ref isNotShortest) == 0)
        {
            return (int)input.Tree(shortest.AsSpan(place << ShortBits), ShortBits);
        }

        return input.Bit(ref isLongest) == 0
            ? Kinds + (int)input.Tree(middle.AsSpan(place << ShortBits), ShortBits)
            : (2 * Kinds) + (int)input.Tree(longest, LongBits);
    }
}
