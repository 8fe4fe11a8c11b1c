using System.Runtime.InteropServices;
using Appliance.Containers.Networks.Netlink;
using static Appliance.Containers.Networks.Links.RouteProtocol;

namespace Appliance.Containers.Networks.Links;

/// <summary>Messages about interfaces.</summary>
internal static class LinkMessages
{
    /// <summary>
    /// A pair of interfaces: one end here, the other in another namespace. One queue each, or the kernel takes one for
    /// every processor.
    /// </summary>
    public static void AddPair(this NetlinkWriter writer, string name, SafeHandle peerNamespace, string peerName, int mtu)
    {
        writer.Begin(NewLink, NetlinkFlags.Create | NetlinkFlags.Exclusive | NetlinkFlags.Acknowledge).Extend(LinkHeaderBytes);
        writer.PutEnd(name, mtu);
        using (writer.PutNest(LinkKindNest))
        {
            writer.PutText(LinkKind, "veth");
            using (writer.PutNest(LinkKindData))
            using (writer.PutNest(VethPeer))
            {
                writer.Extend(LinkHeaderBytes);
                writer.PutEnd(peerName, mtu).PutUInt32(LinkNamespaceHandle, (uint)peerNamespace.DangerousGetHandle());
            }
        }
    }

    /// <summary>A bridge that hands every multicast on: nobody on it would ask for the kernel's lists of who wants which.</summary>
    public static void AddBridge(this NetlinkWriter writer, string name)
    {
        writer.Begin(NewLink, NetlinkFlags.Create | NetlinkFlags.Exclusive | NetlinkFlags.Acknowledge).Extend(LinkHeaderBytes);
        writer.PutText(LinkName, name);
        using (writer.PutNest(LinkKindNest))
        {
            writer.PutText(LinkKind, "bridge");
            using (writer.PutNest(LinkKindData))
            {
                writer.Put(BridgeSnooping, [0]);
            }
        }
    }

    /// <summary>Makes an interface a port of a bridge.</summary>
    public static void SetMaster(this NetlinkWriter writer, int index, int bridge)
    {
        writer.BeginSet(index, flags: 0);
        writer.PutUInt32(LinkMaster, (uint)bridge);
    }

    /// <summary>
    /// Takes an interface into use. It gets no IPv6 address by itself: that one would be reachable from the other end.
    /// </summary>
    /// <param name="isForwarding">Packets that come in through it may be passed on.</param>
    public static void SetUp(this NetlinkWriter writer, int index, bool isForwarding)
    {
        writer.BeginSet(index, LinkIsUp);
        using (writer.PutNest(LinkFamilies))
        {
            using (writer.PutNest(Inet4))
            using (writer.PutNest(Inet4Settings))
            {
                writer.PutUInt32(Inet4Forwarding, isForwarding ? 1u : 0u).PutUInt32(Inet4SendRedirects, 0);
            }

            using (writer.PutNest(Inet6))
            {
                writer.Put(Inet6AddressMode, [Inet6AddressModeNone]);
            }
        }
    }

    public static void SetForwarding(this NetlinkWriter writer, int index, bool isForwarding)
    {
        writer.BeginSet(index, flags: 0);
        using (writer.PutNest(LinkFamilies))
        using (writer.PutNest(Inet4))
        using (writer.PutNest(Inet4Settings))
        {
            writer.PutUInt32(Inet4Forwarding, isForwarding ? 1u : 0u);
        }
    }

    public static void SetAlias(this NetlinkWriter writer, int index, string alias)
    {
        writer.BeginSet(index, flags: 0);
        writer.PutText(LinkAlias, alias);
    }

    public static void Delete(this NetlinkWriter writer, int index)
    {
        Span<byte> header = writer.Begin(DeleteLink, NetlinkFlags.Acknowledge).Extend(LinkHeaderBytes);
        MemoryMarshal.Write(header[4..], index);
    }

    private static void BeginSet(this NetlinkWriter writer, int index, uint flags)
    {
        Span<byte> header = writer.Begin(SetLink, NetlinkFlags.Acknowledge).Extend(LinkHeaderBytes);
        MemoryMarshal.Write(header[4..], index);
        MemoryMarshal.Write(header[8..], flags);
        MemoryMarshal.Write(header[12..], flags);
    }

    private static NetlinkWriter PutEnd(this NetlinkWriter writer, string name, int mtu) => writer
        .PutText(LinkName, name).PutUInt32(LinkMtu, (uint)mtu).PutUInt32(LinkSendQueues, 1).PutUInt32(LinkReceiveQueues, 1);
}
