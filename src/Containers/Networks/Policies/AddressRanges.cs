using System.Buffers.Binary;
using System.Net;
using Appliance.Containers.Networks.Filtering;

namespace Appliance.Containers.Networks.Policies;

/// <summary>Networks as a packet filter's set takes them: ranges in order that do not touch each other.</summary>
internal static class AddressRanges
{
    /// <summary>The first address of each range, and the first one behind it unless that would be behind the last of all.</summary>
    public static IReadOnlyList<SetElement> Of(IEnumerable<IPNetwork> networks)
    {
        var elements = new List<SetElement>();
        foreach ((ulong first, ulong end) in Merge(networks.Select(ToRange)))
        {
            elements.Add(ToElement((uint)first));
            if (end <= uint.MaxValue)
            {
                elements.Add(ToElement((uint)end) with { EndsInterval = true });
            }
        }

        return elements;
    }

    private static List<(ulong First, ulong End)> Merge(IEnumerable<(ulong First, ulong End)> ranges)
    {
        var merged = new List<(ulong First, ulong End)>();
        foreach ((ulong first, ulong end) in ranges.Order())
        {
            if (merged.Count > 0 && first <= merged[^1].End)
            {
                merged[^1] = (merged[^1].First, Math.Max(end, merged[^1].End));
            }
            else
            {
                merged.Add((first, end));
            }
        }

        return merged;
    }

    private static (ulong First, ulong End) ToRange(IPNetwork network)
    {
        ulong first = BinaryPrimitives.ReadUInt32BigEndian(network.BaseAddress.GetAddressBytes());
        return (first, first + (1ul << (32 - network.PrefixLength)));
    }

    private static SetElement ToElement(uint address)
    {
        byte[] key = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(key, address);
        return new SetElement(key);
    }
}
