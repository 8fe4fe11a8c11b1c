using Grpc.Core;
using Microsoft.Extensions.Primitives;

namespace Grpc.Framing;

/// <summary>Carries metadata over HTTP headers: values of keys ending in -bin are base64.</summary>
internal static class MetadataHeaders
{
    /// <summary>Adds the header to the metadata, unless it belongs to HTTP or to gRPC itself.</summary>
    /// <exception cref="MalformedMessageException">A binary value is not base64.</exception>
    public static void Add(Metadata metadata, string name, StringValues values)
    {
        if (name.StartsWith(':') || IsReserved(name))
        {
            return;
        }

        bool isBinary = name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase);
        foreach (string? value in values)
        {
            if (!isBinary)
            {
                metadata.Add(name, value ?? string.Empty);
                continue;
            }

            // Several values of one binary key may have been joined on the way.
            foreach (string part in (value ?? string.Empty).Split(','))
            {
                metadata.Add(name, DecodeBase64(name, part.Trim()));
            }
        }
    }

    public static string Text(Metadata.Entry entry) => entry.IsBinary
        ? Convert.ToBase64String(entry.BytesUncopied).TrimEnd('=')
        : entry.Value;

    private static byte[] DecodeBase64(string name, string text)
    {
        string padded = (text.Length % 4) switch { 2 => text + "==", 3 => text + "=", _ => text };
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out int written)
            ? bytes.AsSpan(0, written).ToArray()
            : throw new MalformedMessageException($"The value of '{name}' is not base64.");
    }

    private static bool IsReserved(string name) =>
        name.Equals("te", StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || name.Equals("host", StringComparison.OrdinalIgnoreCase)
        || name.Equals(WireNames.Timeout, StringComparison.OrdinalIgnoreCase)
        || name.Equals(WireNames.Encoding, StringComparison.OrdinalIgnoreCase)
        || name.Equals(WireNames.AcceptEncoding, StringComparison.OrdinalIgnoreCase)
        || name.Equals(WireNames.Status, StringComparison.OrdinalIgnoreCase)
        || name.Equals(WireNames.Message, StringComparison.OrdinalIgnoreCase);
}
