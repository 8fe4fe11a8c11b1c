using System.Text;

namespace Appliance.Containers.Networks.Filtering;

/// <summary>
/// A text on a set's element, in the form in which the usual listing tools show it: type 0, length, zero-ended text.
/// </summary>
internal static class ElementComment
{
    private const int HeaderBytes = 2;
    private const int TextBytesMax = 128;

    public static byte[] Encode(string comment)
    {
        byte[] text = Encoding.UTF8.GetBytes(comment);
        int length = Math.Min(text.Length, TextBytesMax - 1);
        byte[] encoded = new byte[HeaderBytes + length + 1];
        encoded[1] = (byte)(length + 1);
        text.AsSpan(0, length).CopyTo(encoded.AsSpan(HeaderBytes));
        return encoded;
    }

    /// <summary>Null when it is something else.</summary>
    public static string? Decode(ReadOnlySpan<byte> encoded) =>
        encoded.Length > HeaderBytes && encoded[0] == 0 && encoded[1] <= encoded.Length - HeaderBytes
            ? Encoding.UTF8.GetString(encoded.Slice(HeaderBytes, encoded[1])).TrimEnd('\0')
            : null;
}
