using System.Text;

namespace Appliance.Tests.Grpc.Http2;

/// <summary>
/// The small part of HPACK that these tests need: headers are written as literals; those read use the static table
/// alone, because the dynamic one is set to size 0, and no Huffman coding, which Kestrel does not use.
/// </summary>
internal static class HeaderBlock
{
    // RFC 7541 appendix A, names and values, from index 1.
    private static readonly (string Name, string Value)[] Static =
    [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"),
        (":scheme", "http"), (":scheme", "https"), (":status", "200"), (":status", "204"), (":status", "206"),
        (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"), ("accept-charset", ""),
        ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
        ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""),
        ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
        ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""), ("date", ""), ("etag", ""),
        ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""),
        ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""),
        ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""),
        ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""), ("set-cookie", ""),
        ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""),
        ("www-authenticate", ""),
    ];

    public static byte[] Write(params (string Name, string Value)[] headers)
    {
        var block = new List<byte>();
        foreach ((string name, string value) in headers)
        {
            block.Add(0);
            WriteText(block, name);
            WriteText(block, value);
        }

        return [.. block];
    }

    public static Dictionary<string, string> Read(ReadOnlySpan<byte> block)
    {
        var headers = new Dictionary<string, string>();
        int at = 0;
        while (at < block.Length)
        {
            byte first = block[at];
            if ((first & 0x80) != 0)
            {
                (string name, string value) = Static[ReadNumber(block, ref at, 7) - 1];
                headers[name] = value;
            }
            else if ((first & 0xe0) == 0x20)
            {
                ReadNumber(block, ref at, 5);
            }
            else
            {
                int index = ReadNumber(block, ref at, (first & 0x40) != 0 ? 6 : 4);
                string name = index == 0 ? ReadText(block, ref at) : Static[index - 1].Name;
                headers[name] = ReadText(block, ref at);
            }
        }

        return headers;
    }

    private static void WriteText(List<byte> block, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < 127)
        {
            block.Add((byte)bytes.Length);
        }
        else
        {
            block.Add(127);
            int rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                block.Add((byte)(rest & 127 | 128));
            }

            block.Add((byte)rest);
        }

        block.AddRange(bytes);
    }

    private static int ReadNumber(ReadOnlySpan<byte> block, ref int at, int prefixBits)
    {
        int mask = (1 << prefixBits) - 1;
        int value = block[at++] & mask;
        for (int shift = 0; value >= mask && shift < 28; shift += 7)
        {
            byte next = block[at++];
            value += (next & 127) << shift;
            if (next < 128)
            {
                break;
            }
        }

        return value;
    }

    private static string ReadText(ReadOnlySpan<byte> block, ref int at)
    {
        bool isHuffman = (block[at] & 0x80) != 0;
        int length = ReadNumber(block, ref at, 7);
        at += length;
        return isHuffman
            ? throw new NotSupportedException("Huffman coding is not read here.")
            : Encoding.Latin1.GetString(block.Slice(at - length, length));
    }
}
