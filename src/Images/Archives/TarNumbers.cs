using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Appliance.Native.Directories;

namespace Appliance.Images.Archives;

/// <summary>The forms in which tar headers hold numbers.</summary>
internal static class TarNumbers
{
    private const int NanosecondDigits = 9;

    /// <summary>Octal digits, or two's complement where the first bit is set, as GNU writes large numbers.</summary>
    public static bool TryRead(ReadOnlySpan<byte> field, out long value)
    {
        if ((field[0] & 0x80) != 0)
        {
            return TryReadBinary(field, out value);
        }

        value = 0;
        field = field.Trim("\0 "u8);
        foreach (byte digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    /// <summary>Seconds with a fraction of any length, as PAX has times.</summary>
    public static bool TryReadTime(ReadOnlySpan<byte> text, out NodeTime time)
    {
        time = default;
        string[] parts = Encoding.ASCII.GetString(text).Split('.');
        if (parts.Length > 2 || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds))
        {
            return false;
        }

        int nanoseconds = 0;
        if (parts.Length == 2)
        {
            string digits = (parts[1] + "000000000")[..NanosecondDigits];
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out nanoseconds))
            {
                return false;
            }
        }

        bool isBefore = parts[0].StartsWith('-') && nanoseconds > 0;
        time = isBefore ? new NodeTime(seconds - 1, 1_000_000_000 - nanoseconds) : new NodeTime(seconds, nanoseconds);
        return true;
    }

    private static bool TryReadBinary(ReadOnlySpan<byte> field, out long value)
    {
        bool isNegative = (field[0] & 0x40) != 0;
        Span<byte> low = stackalloc byte[sizeof(long)];
        field[^Math.Min(field.Length, sizeof(long))..].CopyTo(low[^Math.Min(field.Length, sizeof(long))..]);
        byte filler = isNegative ? (byte)0xFF : (byte)0;
        if (field.Length == sizeof(long))
        {
            low[0] = isNegative ? (byte)(low[0] | 0x80) : (byte)(low[0] & 0x7F);
        }
        else if (((isNegative ? field[0] : field[0] & 0x7F) != filler) || field[1..^sizeof(long)].ContainsAnyExcept(filler))
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadInt64BigEndian(low);
        return isNegative == value < 0;
    }
}
