using System.Buffers.Binary;
using System.Net;

namespace Appliance.Containers.Networks.Addresses;

/// <summary>
/// Which address each slot has: the slot's number counted from the subnet's base, so that the address of a network can
/// be told from the name of its interface.
/// </summary>
public sealed class AddressPlan
{
    public const int PrefixLength = 16;
    public const int SlotMin = 2;
    public const int SlotMax = 65_533;

    private const int GatewaySlot = 1;

    /// <param name="subnet">Of 16 bits.</param>
    public AddressPlan(IPNetwork subnet)
    {
        if (subnet.PrefixLength != PrefixLength)
        {
            throw new ArgumentException($"Subnet '{subnet}' must be a /{PrefixLength}.", nameof(subnet));
        }

        Subnet = subnet;
        Gateway = At(GatewaySlot);
    }

    public IPNetwork Subnet { get; }

    /// <summary>The host, as all containers see it.</summary>
    public IPAddress Gateway { get; }

    /// <summary>The subnet in which a gateway address lies.</summary>
    public static IPNetwork SubnetOf(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return new IPNetwork(new IPAddress([bytes[0], bytes[1], 0, 0]), PrefixLength);
    }

    /// <summary>The first and last address of each block of 256 are left out: some software takes them for special.</summary>
    public static bool IsUsable(int slot) => slot is >= SlotMin and <= SlotMax && (slot & 0xFF) is not (0 or 0xFF);

    public IPAddress At(int slot)
    {
        byte[] bytes = Subnet.BaseAddress.GetAddressBytes();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)slot);
        return new IPAddress(bytes);
    }

    public int SlotOf(IPAddress address) => BinaryPrimitives.ReadUInt16BigEndian(address.GetAddressBytes().AsSpan(2));
}
