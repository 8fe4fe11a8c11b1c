using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Appliance.Containers.Networks.Netlink;
using Appliance.Native.Networks;

namespace Appliance.Containers.Networks.Connections;

/// <summary>TCP connections of a container with others, as the kernel remembers those that went through the host.</summary>
public static class OpenConnections
{
    private const ushort List = 0x101;
    private const int HeaderBytes = 4;
    private const byte Inet4 = 2;
    private const byte Tcp = 6;
    private const int OriginalTuple = 1;
    private const int TupleAddresses = 1;
    private const int TupleProtocol = 2;
    private const int Source = 1;
    private const int Destination = 2;
    private const int Number = 1;
    private const int SourcePort = 2;
    private const int DestinationPort = 3;
    private const int ProtocolState = 4;
    private const int Lifetime = 7;
    private const byte TimeWait = 7;
    private const byte Closed = 8;
    private const string TimeWaitSetting = "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait";

    /// <exception cref="NetlinkException">The kernel has no such memory.</exception>
    public static IReadOnlyList<OpenConnection> Of(IPAddress container)
    {
        using var socket = new NetlinkSocket(NetlinkProtocol.Netfilter);
        IReadOnlyList<NetlinkMessage> listed = socket.Query(
            "list connections", writer => writer.Begin(List, NetlinkFlags.Dump).Extend(HeaderBytes)[0] = Inet4);
        TimeSpan whole = TimeSpan.FromSeconds(int.Parse(File.ReadAllText(TimeWaitSetting), CultureInfo.InvariantCulture));
        return [.. listed.Select(message => Read(message.Attributes(HeaderBytes), container, whole)).OfType<OpenConnection>()];
    }

    private static OpenConnection? Read(NetlinkAttributes entry, IPAddress container, TimeSpan whole)
    {
        NetlinkAttributes tuple = entry.Nested(OriginalTuple);
        NetlinkAttributes protocol = tuple.Nested(TupleProtocol);
        bool isTcp = protocol.Find(Number) is { Length: 1 } number && number.Span[0] == Tcp;
        if (!isTcp || tuple.Nested(TupleAddresses).FindAddress(Source) is not { } source
            || tuple.Nested(TupleAddresses).FindAddress(Destination) is not { } destination
            || !(source.Equals(container) || destination.Equals(container)))
        {
            return null;
        }

        byte state = entry.Nested(ProtocolState).Nested(1).Find(1) is { Length: 1 } known ? known.Span[0] : (byte)0;
        string text = $"{source}:{PortOf(protocol, SourcePort)} to {destination}:{PortOf(protocol, DestinationPort)}";
        return state switch
        {
            Closed => null,
            TimeWait => new OpenConnection(text, whole - TimeSpan.FromSeconds(entry.FindBigEndian(Lifetime) ?? 0)),
            _ => new OpenConnection(text, null),
        };
    }

    private static int PortOf(NetlinkAttributes protocol, int which) =>
        protocol.Find(which) is { Length: >= 2 } port ? BinaryPrimitives.ReadUInt16BigEndian(port.Span) : 0;
}

/// <summary>A TCP connection.</summary>
/// <param name="Text">From where to where.</param>
/// <param name="ClosedFor">How long ago it was closed; null while it is not.</param>
public sealed record OpenConnection(string Text, TimeSpan? ClosedFor);
