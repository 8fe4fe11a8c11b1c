using System.Net;
using Appliance.Containers.Networks.Netlink;
using Appliance.Native.Networks;

namespace Appliance.Containers.Networks.Connections;

/// <summary>
/// The kernel's memory of connections through the host. What it forgets has to pass the packet filter again as if it
/// were new, and answers to it no longer find their way.
/// </summary>
internal sealed class ConnectionTracker : IDisposable
{
    private const ushort Get = 0x101;
    private const ushort Delete = 0x102;
    private const int HeaderBytes = 4;
    private const byte Inet4 = 2;
    private const int OriginalTuple = 1;
    private const int Id = 12;
    private const int Filter = 25;
    private const int FilterOriginal = 1;
    private const uint FilterBySource = 1;
    private const int TupleAddresses = 1;
    private const int Source = 1;
    private const int Destination = 2;
    private const int DeletionsAtOnceMax = 200;

    private readonly NetlinkSocket socket = new(NetlinkProtocol.Netfilter);

    /// <summary>Forgets connections that a container has opened.</summary>
    /// <param name="isKept">Tells by the address it is connected to.</param>
    /// <returns>How many were forgotten.</returns>
    /// <exception cref="NetlinkException">The kernel has no such memory, or does not let us change it.</exception>
    public int Cut(IPAddress container, Func<IPAddress, bool> isKept) => Forget(List(container), container.Equals, isKept);

    /// <summary>Forgets all connections that some containers have opened, in one look through the kernel's memory.</summary>
    public int Cut(IReadOnlySet<IPAddress> containers) => Forget(Query(_ => { }), containers.Contains, _ => false);

    public void Dispose() => socket.Dispose();

    // The kernel of some distributions does not know the filter yet, and then lists everything.
    private IReadOnlyList<NetlinkMessage> List(IPAddress container)
    {
        try
        {
            return Query(writer =>
            {
                using (writer.PutNest(OriginalTuple))
                using (writer.PutNest(TupleAddresses))
                {
                    writer.PutAddress(Source, container);
                }

                using (writer.PutNest(Filter))
                {
                    writer.PutUInt32(FilterOriginal, FilterBySource);
                }
            });
        }
        catch (NetlinkException failure) when (failure.HResult is NetlinkException.InvalidArgument or NetlinkException.NotSupported)
        {
            return Query(_ => { });
        }
    }

    private IReadOnlyList<NetlinkMessage> Query(Action<NetlinkWriter> writeFilter) => socket.Query("list connections", writer =>
    {
        writer.Begin(Get, NetlinkFlags.Dump).Extend(HeaderBytes)[0] = Inet4;
        writeFilter(writer);
    });

    private int Forget(IReadOnlyList<NetlinkMessage> listed, Func<IPAddress, bool> isSource, Func<IPAddress, bool> isKept)
    {
        NetlinkAttributes[] cut = [.. listed.Select(message => message.Attributes(HeaderBytes)).Where(entry => IsCut(entry, isSource, isKept))];
        foreach (NetlinkAttributes[] part in cut.Chunk(DeletionsAtOnceMax))
        {
            Forget(part);
        }

        return cut.Length;
    }

    private static bool IsCut(NetlinkAttributes entry, Func<IPAddress, bool> isSource, Func<IPAddress, bool> isKept)
    {
        NetlinkAttributes tuple = entry.Nested(OriginalTuple).Nested(TupleAddresses);
        return tuple.FindAddress(Source) is { } source && isSource(source) && tuple.FindAddress(Destination) is { } destination && !isKept(destination);
    }

    private void Forget(NetlinkAttributes[] entries)
    {
        try
        {
            socket.Execute("forget connections", writer =>
            {
                foreach (NetlinkAttributes entry in entries)
                {
                    writer.Begin(Delete, NetlinkFlags.Acknowledge).Extend(HeaderBytes)[0] = Inet4;
                    writer.PutNested(OriginalTuple, entry.Find(OriginalTuple)!.Value.Span);
                    writer.Put(Id, entry.Find(Id)!.Value.Span);
                }
            });
        }
        catch (NetlinkException failure) when (failure.HResult == NetlinkException.NotFound)
        {
            // It ended by itself in between; the others were forgotten.
        }
    }
}
