using System.Text;
using Appliance.Containers.Streams;
using Google.Protobuf;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>
/// Events of the file tools, a line each, as this protocol has them: an empty line behind each, and a change of name is a
/// change like others.
/// </summary>
internal sealed class WatchLines
{
    private const string Renamed = "\"event_type\":\"Rename";
    private const string Modified = "\"event_type\":\"Modify\"";

    private byte[] held = [];

    /// <summary>Where to read on.</summary>
    public long Offset { get; private set; }

    /// <summary>The lines that a piece completes.</summary>
    public IReadOnlyList<ByteString> Take(OutputPiece piece)
    {
        byte[] all = [.. held, .. piece.Bytes.Span];
        Offset = piece.Offset + piece.Bytes.Length;
        List<ByteString> lines = [];
        int start = 0;
        for (int end; (end = Array.IndexOf(all, (byte)'\n', start)) >= 0; start = end + 1)
        {
            lines.Add(ByteString.CopyFromUtf8(Reword(Encoding.UTF8.GetString(all.AsSpan(start, end - start))) + "\n\n"));
        }

        held = all[start..];
        return lines;
    }

    private static string Reword(string line)
    {
        int kind = line.IndexOf(Renamed, StringComparison.Ordinal);
        int end = kind < 0 ? -1 : line.IndexOf('"', kind + Renamed.Length);
        return end < 0 ? line : string.Concat(line.AsSpan(0, kind), Modified, line.AsSpan(end + 1));
    }
}
