namespace Appliance.Containers.Packed;

/// <summary>The arithmetic decoder under LZMA: one number that each decision narrows by how likely it was.</summary>
/// <remarks>A probability is that of a zero, in 1/2048; it follows what comes.</remarks>
internal ref struct RangeDecoder
{
    public const ushort EvenOdds = 1024;

    private const int ProbabilityBits = 11;
    private const int AdaptionShift = 5;
    private const uint RangeMin = 1u << 24;
    private const int FirstBytes = 5;

    private readonly ReadOnlySpan<byte> packed;
    private int position;
    private uint range = uint.MaxValue;
    private uint code;

    /// <exception cref="InvalidDataException">It is no LZMA stream.</exception>
    public RangeDecoder(ReadOnlySpan<byte> packed)
    {
        this.packed = packed;
        while (position < FirstBytes)
        {
            code = (code << 8) | Next();
        }
    }

    /// <exception cref="InvalidDataException">The stream ends in the middle.</exception>
    public uint Bit(ref ushort probability)
    {
        Fill();
        uint bound = (range >> ProbabilityBits) * probability;
        if (code < bound)
        {
            range = bound;
            probability += (ushort)(((1 << ProbabilityBits) - probability) >> AdaptionShift);
            return 0;
        }

        range -= bound;
        code -= bound;
        probability -= (ushort)(probability >> AdaptionShift);
        return 1;
    }

    /// <summary>Bits of which either value is as likely.</summary>
    public uint EvenBits(int count)
    {
        uint value = 0;
        for (; count > 0; count--)
        {
            Fill();
            range >>= 1;
            uint bit = code >= range ? 1u : 0;
            code -= range * bit;
            value = (value << 1) | bit;
        }

        return value;
    }

    /// <summary>A number of so many bits, the highest first; each has the probability that the bits before it lead to.</summary>
    public uint Tree(Span<ushort> probabilities, int bits)
    {
        uint node = 1;
        for (int bit = 0; bit < bits; bit++)
        {
            node = (node << 1) | Bit(ref probabilities[(int)node]);
        }

        return node - (1u << bits);
    }

    /// <summary>The same with the lowest bit first.</summary>
    public uint ReverseTree(Span<ushort> probabilities, int bits)
    {
        uint node = 1, value = 0;
        for (int bit = 0; bit < bits; bit++)
        {
            uint next = Bit(ref probabilities[(int)node]);
            node = (node << 1) | next;
            value |= next << bit;
        }

        return value;
    }

    private void Fill()
    {
        if (range < RangeMin)
        {
            range <<= 8;
            code = (code << 8) | Next();
        }
    }

    private byte Next() => position < packed.Length
        ? packed[position++]
        : throw new InvalidDataException("LZMA: the data ends in the middle.");
}
