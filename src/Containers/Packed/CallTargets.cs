using System.Buffers.Binary;

namespace Appliance.Containers.Packed;

/// <summary>
/// Takes back what xz's x86 filter did to a program before it was packed: the targets of calls and jumps, absolute so that
/// equal ones look equal, become relative again.
/// </summary>
/// <remarks>
/// The filter cannot tell instructions from data. It leaves alone what does not look like a near target, and remembers for
/// four bytes where it saw an opcode that it left alone, because both sides must come to the same choice.
/// </remarks>
internal static class CallTargets
{
    private const int InstructionBytes = 5;

    /// <summary>By the opcodes seen just before: the byte of the operand that one of them would share.</summary>
    private static ReadOnlySpan<byte> SharedByte => [0, 1, 2, 2, 3];

    public static void Restore(Span<byte> program)
    {
        int previous = -InstructionBytes;
        int seen = 0;
        for (int at = 0; at + InstructionBytes <= program.Length;)
        {
            // 0xE8 is a call, 0xE9 a jump.
            if ((program[at] & 0xFE) != 0xE8)
            {
                at++;
                continue;
            }

            seen = Age(seen, at - previous);
            previous = at;
            Span<byte> operand = program.Slice(at + 1, sizeof(uint));
            if (IsSign(operand[^1]) && seen >> 1 is 0 or 1 or 2 or 4)
            {
                uint target = Relative(BinaryPrimitives.ReadUInt32LittleEndian(operand), (uint)(at + InstructionBytes), seen >> 1);
                // The highest byte is the sign alone: programs of more than 16 MiB apart are not meant.
                BinaryPrimitives.WriteUInt32LittleEndian(operand, (target & 0x01FF_FFFF ^ 0x0100_0000) - 0x0100_0000);
                at += InstructionBytes;
                seen = 0;
            }
            else
            {
                seen |= IsSign(operand[^1]) ? 0x11 : 1;
                at++;
            }
        }
    }

    private static uint Relative(uint target, uint next, int before)
    {
        uint relative = target - next;
        while (before > 0)
        {
            int shared = 32 - (SharedByte[before] * 8);
            if (!IsSign((byte)(relative >> (shared - 8))))
            {
                break;
            }

            relative = (relative ^ (uint)((1UL << shared) - 1)) - next;
        }

        return relative;
    }

    private static int Age(int seen, int bytes)
    {
        if (bytes > InstructionBytes)
        {
            return 0;
        }

        for (; bytes > 0; bytes--)
        {
            seen = (seen & 0x77) << 1;
        }

        return seen;
    }

    private static bool IsSign(byte value) => value is 0 or 0xFF;
}
