using System.Net;
using System.Text;

namespace Appliance.Containers.Networks.Filtering;

/// <summary>A value of a set.</summary>
internal sealed record SetElement(ReadOnlyMemory<byte> Key)
{
    /// <summary>What becomes of packets with this value; in a map only.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>When it goes by itself; null for never.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>A text that listings show.</summary>
    public string? Comment { get; init; }

    /// <summary>It is the first value behind a range.</summary>
    public bool EndsInterval { get; init; }

    public static SetElement Of(IPAddress address) => new(address.GetAddressBytes());

    public static SetElement Of(string interfaceName, IPAddress address)
    {
        byte[] key = new byte[RuleWriter.InterfaceNameBytes + 4];
        Encoding.ASCII.GetBytes(interfaceName, key);
        address.GetAddressBytes().CopyTo(key, RuleWriter.InterfaceNameBytes);
        return new SetElement(key);
    }

    public static SetElement Of(byte protocol, ushort port) => new((byte[])[protocol, 0, 0, 0, (byte)(port >> 8), (byte)port, 0, 0]);
}
