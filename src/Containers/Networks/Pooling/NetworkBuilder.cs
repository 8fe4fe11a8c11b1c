using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Links;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Containers.Networks.Netlink;
using Appliance.Containers.Networks.Policies;

namespace Appliance.Containers.Networks.Pooling;

/// <summary>Makes and removes single networks.</summary>
internal sealed class NetworkBuilder(NetworkParts parts, SlotAllocator slots, PolicyEnforcement? enforcement, int mtu)
{
    private const string Inside = "eth0";
    private const int NameTriesMax = 1000;

    private readonly HostStack host = parts.Host;
    private readonly NetworkPaths paths = parts.Paths;
    private readonly InterfaceNames interfaces = parts.Interfaces;
    private readonly AddressPlan addresses = parts.Addresses;

    /// <summary>A network that nobody uses yet, with the open policy.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public ContainerNetwork Create()
    {
        for (int attempt = 1; ; attempt++)
        {
            int slot = slots.Take();
            try
            {
                return Create(slot);
            }
            catch (IOException failure) when (failure.HResult == NetlinkException.Exists && attempt < NameTriesMax)
            {
                // Something of the slot's last network is still there; the next slot is another one.
                slots.Return(slot);
            }
            catch
            {
                slots.Return(slot);
                throw;
            }
        }
    }

    /// <summary>What is left of the networks of an earlier process, each with the container that it belongs to.</summary>
    /// <param name="links">The host's ends that were found.</param>
    public IEnumerable<ContainerNetwork> FindOwned(IReadOnlyList<LinkRecord> links)
    {
        Dictionary<int, LinkRecord> linkOf = links.ToDictionary(link => interfaces.SlotOf(link.Name)!.Value);
        foreach (int slot in paths.ListSlots())
        {
            ContainerNetwork network = linkOf.TryGetValue(slot, out LinkRecord? link) ? Describe(slot, link) : DescribeUnconnected(slot);
            if (network.ContainerId is not null)
            {
                yield return network;
            }
        }
    }

    /// <summary>Writes on the interface whose it is, where a later process finds it.</summary>
    public void Assign(ContainerNetwork network, string containerId)
    {
        string owner = InterfaceOwner.Write(containerId);
        if (network.HostInterface is { } name)
        {
            host.Routes.Execute($"name the owner of '{name}'", writer => writer.SetAlias(network.HostIndex, owner));
        }
        else
        {
            using NetworkNamespace space = NetworkNamespace.Open(network.NamespacePath);
            space.Routes.Execute($"name the owner of '{network.NamespacePath}'", writer => writer.SetAlias(NetworkNamespace.LoopbackIndex, owner));
        }

        network.ContainerId = containerId;
    }

    /// <summary>The interface goes with the namespace, a moment after its last process has ended.</summary>
    public void Remove(ContainerNetwork network)
    {
        enforcement?.Dismiss(network);
        NetworkNamespace.Delete(network.NamespacePath);
    }

    private ContainerNetwork Describe(int slot, LinkRecord link) => new(slot, paths.PinOf(slot))
    {
        Address = addresses.At(slot),
        Gateway = addresses.Gateway,
        HostInterface = link.Name,
        HostIndex = link.Index,
        Mtu = link.Mtu,
        ContainerId = InterfaceOwner.Read(link.Alias),
    };

    private ContainerNetwork DescribeUnconnected(int slot)
    {
        var network = new ContainerNetwork(slot, paths.PinOf(slot));
        try
        {
            using NetworkNamespace space = NetworkNamespace.Open(network.NamespacePath);
            network.ContainerId = InterfaceOwner.Read(space.Routes.FindLink(NetworkNamespace.Loopback)?.Alias);
        }
        catch (IOException)
        {
            // A file on which nothing is pinned any more, as after a boot.
        }

        return network;
    }

    private ContainerNetwork Create(int slot)
    {
        var network = new ContainerNetwork(slot, paths.PinOf(slot));
        using NetworkNamespace space = NetworkNamespace.Create(network.NamespacePath);
        try
        {
            if (enforcement is not null)
            {
                Connect(network, space);
                enforcement.Firewall.Apply(slot, NetworkPolicy.Open);
            }

            return network;
        }
        catch
        {
            NetworkNamespace.Delete(network.NamespacePath);
            throw;
        }
    }

    private void Connect(ContainerNetwork network, NetworkNamespace space)
    {
        string name = interfaces.Of(network.Slot);
        host.Routes.Execute($"make interface '{name}'", writer => writer.AddPair(name, space.Handle, Inside, mtu));
        network.HostInterface = name;
        network.HostIndex = IndexOf(host.Routes, name);
        network.Address = addresses.At(network.Slot);
        network.Gateway = addresses.Gateway;
        network.Mtu = mtu;

        int inside = IndexOf(space.Routes, Inside);
        space.Routes.Execute($"set up '{Inside}' of '{name}'", writer =>
        {
            writer.SetUp(inside, isForwarding: false);
            writer.AddAddress(inside, network.Address);
            writer.AddNeighbourRoute(inside, network.Gateway);
            writer.AddDefaultRoute(inside, network.Gateway);
        });
        host.Routes.Execute($"set up interface '{name}'", writer =>
        {
            writer.SetUp(network.HostIndex, isForwarding: true);
            writer.AddAddress(network.HostIndex, network.Gateway);
            writer.AddNeighbourRoute(network.HostIndex, network.Address);
        });
    }

    private static int IndexOf(RouteSocket routes, string name) =>
        routes.FindLink(name)?.Index ?? throw new NetlinkException($"find interface '{name}'", NetlinkException.NoSuchDevice, null);
}
