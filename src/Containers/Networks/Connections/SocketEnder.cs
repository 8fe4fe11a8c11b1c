using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Containers.Networks.Netlink;
using Appliance.Native.Networks;

namespace Appliance.Containers.Networks.Connections;

/// <summary>
/// Ends TCP connections inside a container's namespace, so that a program that only waits for data hears of it. Kernels
/// without that ability, and containers with a network stack of their own, go without.
/// </summary>
internal static class SocketEnder
{
    private const ushort ListByFamily = 20;
    private const ushort Destroy = 21;
    private const int RequestBytes = 56;
    private const int RequestIdOffset = 8;
    private const int ReplyIdOffset = 4;
    private const int IdBytes = 48;
    private const int DestinationOffset = 20;
    private const byte Tcp = 6;
    private const byte Inet4 = 2;
    private const byte Inet6 = 10;

    // Those with another end: not closed (7), listening (10), or only waiting for late packets (6).
    private const uint States = 0xFFF & ~((1u << 6) | (1u << 7) | (1u << 10));

    /// <param name="namespacePath">The container's.</param>
    /// <param name="isKept">Tells by the address at the other end.</param>
    public static void Cut(string namespacePath, Func<IPAddress, bool> isKept)
    {
        try
        {
            using NetlinkSocket socket = NetworkNamespace.OnOwnThread(() =>
            {
                ThreadNamespace.Enter(namespacePath);
                return new NetlinkSocket(NetlinkProtocol.SocketDiagnostics);
            });
            foreach (byte family in (byte[])[Inet4, Inet6])
            {
                Cut(socket, family, isKept);
            }
        }
        catch (IOException)
        {
            // The packet filter refuses what is sent from now on; that it is refused is only noticed later.
        }
    }

    private static void Cut(NetlinkSocket socket, byte family, Func<IPAddress, bool> isKept)
    {
        foreach (NetlinkMessage found in socket.Query("list sockets", writer => Write(writer, ListByFamily, NetlinkFlags.Dump, family)))
        {
            if (found.Payload.Length >= ReplyIdOffset + IdBytes && !isKept(PeerOf(found.Payload.Span, family)))
            {
                socket.Execute("end a connection", writer =>
                    found.Payload.Span.Slice(ReplyIdOffset, IdBytes).CopyTo(Write(writer, Destroy, NetlinkFlags.Acknowledge, family)[RequestIdOffset..]));
            }
        }
    }

    private static Span<byte> Write(NetlinkWriter writer, ushort type, NetlinkFlags flags, byte family)
    {
        Span<byte> request = writer.Begin(type, flags).Extend(RequestBytes);
        request[0] = family;
        request[1] = Tcp;
        MemoryMarshal.Write(request[4..], States);
        return request;
    }

    private static IPAddress PeerOf(ReadOnlySpan<byte> reply, byte family)
    {
        var address = new IPAddress(reply.Slice(ReplyIdOffset + DestinationOffset, family == Inet4 ? 4 : 16));
        return address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
