using System.Net;
using Appliance.Containers.Networks.Netlink;
using Appliance.Native.Networks;
using static Appliance.Containers.Networks.Links.RouteProtocol;

namespace Appliance.Containers.Networks.Links;

/// <summary>Links, addresses and routes of the network namespace in which it was opened.</summary>
public sealed class RouteSocket : IDisposable
{
    private readonly NetlinkSocket socket = new(NetlinkProtocol.Route);

    /// <exception cref="NetlinkException">A request was refused; those before it were carried out.</exception>
    public void Execute(string what, Action<NetlinkWriter> write) => socket.Execute(what, write);

    public LinkRecord? FindLink(string name)
    {
        try
        {
            return socket.Query($"find interface '{name}'", writer =>
            {
                writer.Begin(GetLink, NetlinkFlags.Acknowledge).Extend(LinkHeaderBytes);
                writer.PutText(LinkName, name);
            }).Select(ToLink).FirstOrDefault();
        }
        catch (NetlinkException failure) when (failure.HResult == NetlinkException.NoSuchDevice)
        {
            return null;
        }
    }

    public IReadOnlyList<LinkRecord> ListLinks() =>
        [.. List("list interfaces", GetLink, LinkHeaderBytes, family: 0).Where(message => message.Type == NewLink).Select(ToLink)];

    public IReadOnlyList<AddressRecord> ListAddresses() =>
    [
        .. from message in List("list addresses", GetAddress, AddressHeaderBytes, Inet4)
           let attributes = message.Attributes(AddressHeaderBytes)
           let address = attributes.FindAddress(AddressLocal) ?? attributes.FindAddress(AddressOfPeer)
           where address is not null
           select new AddressRecord(address, message.ReadFixed<byte>(1), message.ReadFixed<int>(4)),
    ];

    /// <summary>Every IPv4 route of every table.</summary>
    public IReadOnlyList<RouteRecord> ListRoutes() =>
        [.. List("list routes", GetRoute, RouteHeaderBytes, Inet4).Where(message => message.Type == NewRoute).Select(ToRoute)];

    public void Dispose() => socket.Dispose();

    private IReadOnlyList<NetlinkMessage> List(string what, ushort type, int headerBytes, byte family) =>
        socket.Query(what, writer => writer.Begin(type, NetlinkFlags.Dump).Extend(headerBytes)[0] = family);

    private static LinkRecord ToLink(NetlinkMessage message)
    {
        NetlinkAttributes attributes = message.Attributes(LinkHeaderBytes);
        return new LinkRecord(
            message.ReadFixed<int>(4),
            attributes.FindText(LinkName) ?? "",
            attributes.FindText(LinkAlias),
            (int)(attributes.FindUInt32(LinkMtu) ?? 0),
            (message.ReadFixed<uint>(8) & LinkIsUp) != 0);
    }

    private static RouteRecord ToRoute(NetlinkMessage message)
    {
        NetlinkAttributes attributes = message.Attributes(RouteHeaderBytes);
        return new RouteRecord(
            new IPNetwork(attributes.FindAddress(RouteDestination) ?? IPAddress.Any, message.ReadFixed<byte>(1)),
            (int)(attributes.FindUInt32(RouteLink) ?? 0),
            attributes.FindUInt32(RouteTable) ?? message.ReadFixed<byte>(4));
    }
}
