using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks.Connections;
using Appliance.Containers.Networks.Filtering;
using Appliance.Containers.Networks.HostService;
using Appliance.Containers.Networks.Isolation;
using Appliance.Containers.Networks.Names;
using Appliance.Containers.Networks.Policies;

namespace Appliance.Containers.Networks.Pooling;

/// <summary>What holds containers to their policies: the packet filter, the name forwarder, the end of connections.</summary>
internal sealed class PolicyEnforcement : IAsyncDisposable
{
    private readonly ConcurrentQueue<IPAddress> ended = new();
    private readonly ConnectionTracker tracker;
    private readonly ConnectionCutter cutter;
    private readonly NameForwarder forwarder;
    private readonly ServiceListener? service;

    private PolicyEnforcement(
        NetworkParts parts,
        ContainerFirewall firewall,
        ConnectionTracker tracker,
        NameForwarder forwarder,
        ServiceListener? service,
        NetworkSettings settings)
    {
        this.service = service;
        this.tracker = tracker;
        this.forwarder = forwarder;
        Firewall = firewall;
        cutter = new ConnectionCutter(tracker, firewall, parts.Addresses);
        Opened = new OpenedNames(firewall, parts.Addresses, settings.Clock);
    }

    public ContainerFirewall Firewall { get; }

    public OpenedNames Opened { get; }

    /// <exception cref="IOException">The kernel cannot filter packets as it must; HResult is the errno.</exception>
    public static PolicyEnforcement Open(NetworkParts parts, NetworkSettings settings, bool isGuarded)
    {
        FilterTable table = parts.Host.Run(() => new FilterTable(FirewallNames.Table(settings.Instance)));
        if (parts.Found.Count == 0)
        {
            // Whatever it holds is of containers that are gone, with addresses that may be others'.
            table.Remove();
        }

        NameForwarder forwarder = OpenForwarder(parts, settings);
        ServiceListener? service = OpenService(parts, settings);
        var layout = new FirewallLayout(parts.Interfaces, parts.Addresses, forwarder.Port, service?.ListenPort, isGuarded);
        ContainerFirewall firewall = ContainerFirewall.Open(table, parts.Interfaces, parts.Addresses, layout);
        ConnectionTracker tracker = parts.Host.Run(() => new ConnectionTracker());
        return new PolicyEnforcement(parts, firewall, tracker, forwarder, service, settings);
    }

    public void StartAnswering(NetworkParts parts, NetworkSettings settings, NetworkDirectory containers)
    {
        forwarder.Start(new NameDesk(containers, new UpstreamServers(parts.Host, settings.ResolverFile, settings.Clock)));
        service?.Start(address => containers.Find(address) is not null);
    }

    /// <summary>From now on this policy holds, also for what is connected already.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public void Apply(ContainerNetwork network, NetworkPolicy policy)
    {
        if (network.Address is null)
        {
            return;
        }

        Firewall.Apply(network.Slot, policy);
        Opened.Forget(network.Slot);
        cutter.Cut(network, policy);
    }

    /// <summary>Forgets a container whose network is being removed.</summary>
    public void Dismiss(ContainerNetwork network)
    {
        Firewall.Dismiss(network.Slot);
        Opened.Forget(network.Slot);
        if (network.Address is { } address)
        {
            ended.Enqueue(address);
        }
    }

    /// <summary>
    /// Has the kernel forget the connections of containers that have ended, so that the next owners of their addresses
    /// do not inherit them. It looks through all connections of the host, so it is done once for many.
    /// </summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public void ForgetEnded(IEnumerable<IPAddress> more)
    {
        HashSet<IPAddress> addresses = [.. more];
        while (ended.TryDequeue(out IPAddress? address))
        {
            addresses.Add(address);
        }

        if (addresses.Count > 0)
        {
            tracker.Cut(addresses);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await forwarder.DisposeAsync().ConfigureAwait(false);
        if (service is not null)
        {
            await service.DisposeAsync().ConfigureAwait(false);
        }

        Firewall.Dispose();
        tracker.Dispose();
    }

    private static NameForwarder OpenForwarder(NetworkParts parts, NetworkSettings settings)
    {
        try
        {
            return NameForwarder.Open(parts.Host, parts.Addresses.Gateway, settings.Clock);
        }
        catch (SocketException failure)
        {
            throw new IOException($"open a name server at {parts.Addresses.Gateway}: {failure.Message}", failure);
        }
    }

    private static ServiceListener? OpenService(NetworkParts parts, NetworkSettings settings)
    {
        try
        {
            return settings.ServiceSocket is { } path ? ServiceListener.Open(parts.Host, parts.Addresses.Gateway, path, settings.Clock) : null;
        }
        catch (SocketException failure)
        {
            throw new IOException($"listen for containers at {parts.Addresses.Gateway}: {failure.Message}", failure);
        }
    }
}
