using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Appliance.Containers.Networks.Names;

/// <summary>What a DNS query asks.</summary>
/// <param name="Name">In lower case, without the dot at its end. Bytes that no host name has are written as numbers.</param>
/// <param name="EndOffset">Where the question ends in the message.</param>
internal sealed record NameQuestion(string Name, int EndOffset)
{
    public const int HeaderBytes = 12;

    private const int TypeAndClassBytes = 4;
    private const int LabelLengthMax = 63;
    private const int NameBytesMax = 255;
    private const byte ReplyAndOperationBits = 0xF8;

    /// <summary>Null unless it is a plain query with one question.</summary>
    public static NameQuestion? TryParse(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderBytes
            || (message[2] & ReplyAndOperationBits) != 0
            || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return null;
        }

        var name = new StringBuilder();
        int offset = HeaderBytes;
        while (offset < message.Length && message[offset] != 0)
        {
            int length = message[offset];
            if (length > LabelLengthMax || offset + 1 + length >= message.Length || offset - HeaderBytes > NameBytesMax)
            {
                return null;
            }

            AppendLabel(name, message.Slice(offset + 1, length));
            offset += 1 + length;
        }

        int end = offset + 1 + TypeAndClassBytes;
        return end <= message.Length ? new NameQuestion(name.ToString(), end) : null;
    }

    private static void AppendLabel(StringBuilder name, ReadOnlySpan<byte> label)
    {
        if (name.Length > 0)
        {
            name.Append('.');
        }

        foreach (byte letter in label)
        {
            // A dot inside of a label would look like the end of one.
            _ = char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'-' or (byte)'_'
                ? name.Append(char.ToLowerInvariant((char)letter))
                : name.Append(CultureInfo.InvariantCulture, $"\\{letter:D3}");
        }
    }
}
