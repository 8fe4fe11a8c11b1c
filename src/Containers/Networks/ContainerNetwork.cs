using System.Net;
using Appliance.Containers.Networks.Policies;

namespace Appliance.Containers.Networks;

/// <summary>
/// A container's network: a namespace of its own with a loopback interface and, where the host can do it, an
/// <c>eth0</c> with one address that only the host can reach.
/// </summary>
public sealed class ContainerNetwork
{
    internal ContainerNetwork(int slot, string namespacePath)
    {
        Slot = slot;
        NamespacePath = namespacePath;
    }

    /// <summary>What an OCI specification names as the network namespace.</summary>
    public string NamespacePath { get; }

    /// <summary>The container's IPv4 address; null when it has loopback only.</summary>
    public IPAddress? Address { get; internal set; }

    /// <summary>The host as the container sees it, also its name server; null when it has loopback only.</summary>
    public IPAddress? Gateway { get; internal set; }

    /// <summary>The host's end; null when the container has loopback only.</summary>
    public string? HostInterface { get; internal set; }

    /// <summary>Largest packet of <c>eth0</c>, in bytes.</summary>
    public int Mtu { get; internal set; }

    /// <summary>Whose it is; null while it waits for a container.</summary>
    public string? ContainerId { get; internal set; }

    public NetworkPolicy Policy { get; internal set; } = NetworkPolicy.Open;

    internal int Slot { get; }

    internal int HostIndex { get; set; }
}
