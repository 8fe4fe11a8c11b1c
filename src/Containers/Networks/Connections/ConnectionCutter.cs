using System.Net;
using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Isolation;
using Appliance.Containers.Networks.Policies;

namespace Appliance.Containers.Networks.Connections;

/// <summary>Ends what a container is connected to and may not be any more.</summary>
internal sealed class ConnectionCutter(ConnectionTracker tracker, ContainerFirewall firewall, AddressPlan addresses)
{
    /// <exception cref="IOException">The kernel's memory of connections cannot be changed; HResult is the errno.</exception>
    public void Cut(ContainerNetwork network, NetworkPolicy policy)
    {
        if (policy.Kind == PolicyKind.Open || network.Address is not { } address)
        {
            return;
        }

        HashSet<IPAddress> names = [.. firewall.ListNames(network.Slot).Select(element => new IPAddress(element.Key.Span))];
        bool IsKept(IPAddress peer) => peer.Equals(addresses.Gateway) || policy.AllowsAddress(peer) || names.Contains(peer);
        tracker.Cut(address, IsKept);
        SocketEnder.Cut(network.NamespacePath, peer => IPAddress.IsLoopback(peer) || peer.Equals(address) || IsKept(peer));
    }
}
