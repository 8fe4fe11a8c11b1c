namespace Appliance.Native.Networks;

/// <summary>The part of the kernel that a netlink socket speaks to.</summary>
public enum NetlinkProtocol
{
    /// <summary>Links, addresses, routes, neighbours.</summary>
    Route = 0,

    /// <summary>Sockets of the namespace, and their end.</summary>
    SocketDiagnostics = 4,

    /// <summary>nf_tables and connection tracking.</summary>
    Netfilter = 12,
}
