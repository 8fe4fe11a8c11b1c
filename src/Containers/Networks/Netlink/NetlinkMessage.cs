using System.Runtime.InteropServices;

namespace Appliance.Containers.Networks.Netlink;

/// <summary>One message the kernel sent, without its header.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Sequence">Number of the request it answers.</param>
/// <param name="Payload">The fixed part and the attributes.</param>
public readonly record struct NetlinkMessage(ushort Type, uint Sequence, ReadOnlyMemory<byte> Payload)
{
    /// <param name="fixedBytes">Length of the fixed part in front of the attributes.</param>
    public NetlinkAttributes Attributes(int fixedBytes) => new(Payload[Math.Min(fixedBytes, Payload.Length)..]);

    public T ReadFixed<T>(int offset)
        where T : unmanaged => MemoryMarshal.Read<T>(Payload.Span[offset..]);
}
