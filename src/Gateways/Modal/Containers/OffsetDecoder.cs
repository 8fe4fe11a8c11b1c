using System.Text;
using Appliance.Core.Streams;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>Makes text of bytes that come in pieces: never cuts a character, and knows the offset after what it gave out.</summary>
internal sealed class OffsetDecoder(long start)
{
    private byte[] held = [];

    public long Offset { get; private set; } = start;

    /// <summary>What lies between is gone.</summary>
    public void SkipTo(long offset)
    {
        held = [];
        Offset = offset;
    }

    public string Decode(ReadOnlySpan<byte> bytes)
    {
        byte[] all = [.. held, .. bytes];
        int whole = all.Length - Utf8Ends.UnfinishedAt(all);
        held = all[whole..];
        Offset += whole;
        return Encoding.UTF8.GetString(all.AsSpan(0, whole));
    }

    public string Finish()
    {
        Offset += held.Length;
        return Encoding.UTF8.GetString(held);
    }
}
