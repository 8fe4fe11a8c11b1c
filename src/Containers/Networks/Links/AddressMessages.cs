using System.Net;
using System.Runtime.InteropServices;
using Appliance.Containers.Networks.Netlink;
using static Appliance.Containers.Networks.Links.RouteProtocol;

namespace Appliance.Containers.Networks.Links;

/// <summary>Messages about addresses and routes. All add what they say and fail when it is there.</summary>
internal static class AddressMessages
{
    private const int HostBits = 32;

    /// <summary>A single address, which makes nothing but itself reachable.</summary>
    public static void AddAddress(this NetlinkWriter writer, int link, IPAddress address)
    {
        Span<byte> header = writer
            .Begin(NewAddress, NetlinkFlags.Create | NetlinkFlags.Exclusive | NetlinkFlags.Acknowledge).Extend(AddressHeaderBytes);
        header[0] = Inet4;
        header[1] = HostBits;
        MemoryMarshal.Write(header[4..], link);
        writer.PutAddress(AddressLocal, address).PutAddress(AddressOfPeer, address);
    }

    /// <summary>An IPv6 address whose whole network is on the link. Nobody else can have it, so it is of use at once.</summary>
    public static void AddLocalAddress(this NetlinkWriter writer, int link, IPAddress address, byte prefixLength)
    {
        Span<byte> header = writer
            .Begin(NewAddress, NetlinkFlags.Create | NetlinkFlags.Exclusive | NetlinkFlags.Acknowledge).Extend(AddressHeaderBytes);
        header[0] = Inet6;
        header[1] = prefixLength;
        header[2] = AddressIsUnchecked;
        MemoryMarshal.Write(header[4..], link);
        writer.PutAddress(AddressLocal, address).PutAddress(AddressOfPeer, address);
    }

    /// <summary>A neighbour on the other end of an interface.</summary>
    public static void AddNeighbourRoute(this NetlinkWriter writer, int link, IPAddress neighbour)
    {
        writer.BeginRoute(HostBits, LinkScope);
        writer.PutAddress(RouteDestination, neighbour).PutUInt32(RouteLink, (uint)link);
    }

    public static void AddDefaultRoute(this NetlinkWriter writer, int link, IPAddress gateway)
    {
        writer.BeginRoute(prefixLength: 0, scope: 0);
        writer.PutAddress(RouteGateway, gateway).PutUInt32(RouteLink, (uint)link);
    }

    private static void BeginRoute(this NetlinkWriter writer, byte prefixLength, byte scope)
    {
        Span<byte> header = writer
            .Begin(NewRoute, NetlinkFlags.Create | NetlinkFlags.Exclusive | NetlinkFlags.Acknowledge).Extend(RouteHeaderBytes);
        header[0] = Inet4;
        header[1] = prefixLength;
        header[4] = MainTable;
        header[5] = StaticRoute;
        header[6] = scope;
        header[7] = UnicastRoute;
    }
}
