namespace Appliance.Containers.Packed;

/// <summary>
/// Unpacks one raw LZMA stream whose length is known, as <c>xz --format=raw --lzma1</c> writes it. All that is unpacked
/// stays in sight, so that matches are copied from the result itself.
/// </summary>
/// <remarks>zstd, which is here for other reasons, leaves programs a seventh larger.</remarks>
internal ref struct LzmaDecoder
{
    // What the build passes to xz (Packed.targets).
    private const int LiteralContextBits = 3;
    private const int PositionBits = 2;

    private const int PositionStates = 1 << PositionBits;
    private const int States = 12;
    private const int LiteralStates = 7;
    private const int LiteralSize = 0x300;
    private const int LengthMin = 2;
    private const int DistanceStates = 4;
    private const int DistanceSlotBits = 6;
    private const int DistanceSlotsDirect = 4;
    private const int DistanceSlotsModelled = 14;
    private const int DistancesModelled = 128;
    private const int AlignBits = 4;

    private readonly Span<byte> content;
    private readonly Span<ushort> isMatch = Even(States * PositionStates);
    private readonly Span<ushort> isRepeat = Even(States);
    private readonly Span<ushort> isOlder = Even(States);
    private readonly Span<ushort> isThirdOrFourth = Even(States);
    private readonly Span<ushort> isFourth = Even(States);
    private readonly Span<ushort> isLong = Even(States * PositionStates);
    private readonly Span<ushort> literals = Even(LiteralSize << LiteralContextBits);
    private readonly Span<ushort> distanceSlots = Even(DistanceStates << DistanceSlotBits);
    private readonly Span<ushort> distanceBits = Even(DistancesModelled);
    private readonly Span<ushort> distanceAlign = Even(1 << AlignBits);
    private readonly LzmaLengths newLengths = new(PositionStates);
    private readonly LzmaLengths repeatLengths = new(PositionStates);
    private RangeDecoder input;
    private int position;
    private int state;
    // How far back the last four matches were, less one.
    private uint last, second, third, fourth;

    private LzmaDecoder(ReadOnlySpan<byte> packed, Span<byte> content)
    {
        this.content = content;
        input = new RangeDecoder(packed);
    }

    /// <param name="packed">The stream.</param>
    /// <param name="content">Exactly as long as the content is.</param>
    /// <exception cref="InvalidDataException">The stream is damaged or ends early.</exception>
    public static void Decode(ReadOnlySpan<byte> packed, Span<byte> content)
    {
        var decoder = new LzmaDecoder(packed, content);
        while (decoder.position < content.Length)
        {
            decoder.Step();
        }
    }

    private static Span<ushort> Even(int count)
    {
        var probabilities = new ushort[count];
        probabilities.AsSpan().Fill(RangeDecoder.EvenOdds);
        return probabilities;
    }

    private void Step()
    {
        int place = position & (PositionStates - 1);
        if (input.Bit(ref isMatch[(state * PositionStates) + place]) == 0)
        {
            Literal();
        }
        else if (input.Bit(ref isRepeat[state]) == 0)
        {
            (second, third, fourth) = (last, second, third);
            int length = newLengths.Read(ref input, place);
            last = Distance(length);
            state = state < LiteralStates ? 7 : 10;
            Copy(length + LengthMin);
        }
        else if (ChooseRepeat(place))
        {
            int length = repeatLengths.Read(ref input, place);
            state = state < LiteralStates ? 8 : 11;
            Copy(length + LengthMin);
        }
        else
        {
            state = state < LiteralStates ? 9 : 11;
            Copy(1);
        }
    }

    private void Literal()
    {
        int before = position > 0 ? content[position - 1] : 0;
        Span<ushort> probabilities = literals.Slice(LiteralSize * (before >> (8 - LiteralContextBits)), LiteralSize);
        uint symbol = 1;
        if (state >= LiteralStates)
        {
            // Behind a match the byte is unlikely to be the one that would have continued it.
            uint expected = content[Source()];
            while (symbol < 0x100)
            {
                uint bit = (expected >> 7) & 1;
                expected <<= 1;
                uint actual = input.Bit(ref probabilities[(int)(((1 + bit) << 8) + symbol)]);
                symbol = (symbol << 1) | actual;
                if (actual != bit)
                {
                    break;
                }
            }
        }

        while (symbol < 0x100)
        {
            symbol = (symbol << 1) | input.Bit(ref probabilities[(int)symbol]);
        }

        content[position++] = (byte)symbol;
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
    }

    /// <summary>Makes one of the last four distances the last.</summary>
    /// <returns>False for one byte from the last distance, which is all that there is to know.</returns>
    private bool ChooseRepeat(int place)
    {
        if (input.Bit(ref isOlder[state]) == 0)
        {
            return input.Bit(ref isLong[(state * PositionStates) + place]) == 1;
        }

        if (input.Bit(ref isThirdOrFourth[state]) == 0)
        {
            (last, second) = (second, last);
        }
        else if (input.Bit(ref isFourth[state]) == 0)
        {
            (last, second, third) = (third, last, second);
        }
        else
        {
            (last, second, third, fourth) = (fourth, last, second, third);
        }

        return true;
    }

    private uint Distance(int length)
    {
        int table = Math.Min(length, DistanceStates - 1) << DistanceSlotBits;
        uint slot = input.Tree(distanceSlots[table..], DistanceSlotBits);
        if (slot < DistanceSlotsDirect)
        {
            return slot;
        }

        int bits = (int)(slot >> 1) - 1;
        uint start = (2 | (slot & 1)) << bits;
        return slot < DistanceSlotsModelled
            ? start + input.ReverseTree(distanceBits[(int)(start - slot)..], bits)
            : start + (input.EvenBits(bits - AlignBits) << AlignBits) + input.ReverseTree(distanceAlign, AlignBits);
    }

    private void Copy(int length)
    {
        int from = Source();
        if (length > content.Length - position)
        {
            throw new InvalidDataException("LZMA: the content is longer than it should be.");
        }

        // One by one: a match may reach into what it writes.
        for (int end = position + length; position < end;)
        {
            content[position++] = content[from++];
        }
    }

    private readonly int Source() => last < (uint)position
        ? position - (int)last - 1
        : throw new InvalidDataException("LZMA: a match begins before the content.");
}
