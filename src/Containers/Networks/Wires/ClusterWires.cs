using Appliance.Containers.Networks.Links;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Containers.Networks.Netlink;
using Appliance.Containers.Networks.Pooling;

namespace Appliance.Containers.Networks.Wires;

/// <summary>
/// What the containers of a cluster reach each other by, whatever their policy: a bridge in a namespace of its own, with an
/// interface of each container on it and of nothing else. So nobody has to filter what goes there; the host has no part in it.
/// </summary>
internal sealed class ClusterWires(NetworkPaths paths)
{
    private const string Bridge = "wire";
    private const int Mtu = 1500;

    private readonly Lock gate = new();
    private readonly Dictionary<string, string> clusterOf = new(StringComparer.Ordinal);

    /// <summary>Puts a container on the wire of its cluster, which is made for the first.</summary>
    /// <exception cref="IOException">The kernel refuses: it may have no bridges, or no IPv6.</exception>
    public void Join(string containerId, ContainerNetwork network, WirePlace place)
    {
        lock (gate)
        {
            clusterOf[containerId] = place.Cluster;
            using NetworkNamespace hub = Open(paths.WireOf(place.Cluster));
            using NetworkNamespace space = NetworkNamespace.Open(network.NamespacePath);
            string port = "p" + network.Slot.ToString(System.Globalization.CultureInfo.InvariantCulture);
            hub.Routes.Execute($"connect '{containerId}' with cluster '{place.Cluster}'", writer => writer.AddPair(port, space.Handle, WirePlace.Interface, Mtu));
            int outside = IndexOf(hub, port);
            int bridge = IndexOf(hub, Bridge);
            hub.Routes.Execute($"plug '{port}' in", writer =>
            {
                writer.SetMaster(outside, bridge);
                writer.SetUp(outside, isForwarding: false);
            });
            int inside = IndexOf(space, WirePlace.Interface);
            space.Routes.Execute($"give '{WirePlace.Interface}' its IPv6 address", writer =>
            {
                writer.SetUp(inside, isForwarding: false);
                writer.AddLocalAddress(inside, place.Address, WireAddresses.PrefixLength);
            });
        }
    }

    /// <summary>Notes that a container of an earlier process is on a wire.</summary>
    public void Adopt(string containerId, string cluster)
    {
        lock (gate)
        {
            clusterOf[containerId] = cluster;
        }
    }

    /// <summary>A container's network is gone; with the last one's goes the wire.</summary>
    public void Leave(string containerId)
    {
        lock (gate)
        {
            if (clusterOf.Remove(containerId, out string? cluster) && !clusterOf.ContainsValue(cluster))
            {
                NetworkNamespace.Delete(paths.WireOf(cluster));
            }
        }
    }

    /// <summary>Removes wires on which there is nobody that was adopted.</summary>
    public void Sweep()
    {
        lock (gate)
        {
            foreach (string cluster in paths.ListWires().Where(each => !clusterOf.ContainsValue(each)))
            {
                NetworkNamespace.Delete(paths.WireOf(cluster));
            }
        }
    }

    private static NetworkNamespace Open(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                return NetworkNamespace.Open(path);
            }
        }
        catch (IOException)
        {
            // A file on which nothing is pinned: its maker was killed.
            NetworkNamespace.Delete(path);
        }

        NetworkNamespace made = NetworkNamespace.Create(path);
        try
        {
            made.Routes.Execute("make a bridge", writer => writer.AddBridge(Bridge));
            made.Routes.Execute("set up the bridge", writer => writer.SetUp(IndexOf(made, Bridge), isForwarding: false));
            return made;
        }
        catch
        {
            made.Dispose();
            NetworkNamespace.Delete(path);
            throw;
        }
    }

    private static int IndexOf(NetworkNamespace space, string name) =>
        space.Routes.FindLink(name)?.Index ?? throw new NetlinkException($"find interface '{name}'", NetlinkException.NoSuchDevice, null);
}
