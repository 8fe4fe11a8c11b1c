using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Policies;
using Appliance.Containers.Networks.Pooling;
using Appliance.Containers.Networks.Tunnels;
using Appliance.Containers.Networks.Wires;
using Appliance.Core.Errors;
using Appliance.Core.Lifetime;
using Microsoft.Extensions.Logging;

namespace Appliance.Containers.Networks;

/// <summary>
/// The networks of all containers of one appliance. What it knows of them is in the kernel: after a restart, open it,
/// adopt what still runs, then start it; whatever was not adopted is removed.
/// </summary>
public sealed class NetworkPool : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ContainerNetwork> found = new();
    private readonly SlotAllocator slots = new(Random.Shared.Next(AddressPlan.SlotMax));
    private readonly NetworkSettings settings;
    private readonly NetworkParts parts;
    private readonly PolicyEnforcement? enforcement;
    private readonly NetworkDirectory rented;
    private readonly NetworkBuilder builder;
    private readonly WarmNetworks warm;
    private readonly NetworkUpkeep care;
    private readonly ClusterWires wires;
    private readonly ILogger logger;
    private RepeatedWork? upkeep;

    private NetworkPool(NetworkSettings settings, NetworkParts parts, PolicyEnforcement? enforcement, HostForwarding forwarding, ILogger logger)
    {
        this.settings = settings;
        this.parts = parts;
        this.enforcement = enforcement;
        this.logger = logger;
        rented = new NetworkDirectory(enforcement?.Opened);
        builder = new NetworkBuilder(parts, slots, enforcement, parts.ReadMtu());
        warm = new WarmNetworks(builder, settings.WarmCount, settings.Clock, logger);
        wires = new ClusterWires(parts.Paths);
        care = new NetworkUpkeep(new NetworkSweep(parts, enforcement?.Firewall), forwarding, parts.Addresses, enforcement, logger);
    }

    /// <summary>Why containers get a loopback interface only; null when they get all they should.</summary>
    public string? Limitation { get; private init; }

    /// <summary>What containers' addresses are taken from.</summary>
    public IPNetwork Subnet => parts.Addresses.Subnet;

    /// <summary>Where containers whose policy allows it reach the host's service, at port 80; null when there is none.</summary>
    public IPAddress? ServiceAddress => enforcement is not null && settings.ServiceSocket is not null ? parts.Addresses.Gateway : null;

    /// <summary>How many networks are ready.</summary>
    public int ReadyCount => warm.Ready.Count;

    /// <summary>Sets up what all networks share and looks at what an earlier process left; removes nothing.</summary>
    /// <exception cref="ApplianceException">Not even a namespace can be made; the text says what to do.</exception>
    public static NetworkPool Open(NetworkSettings settings, ILogger logger)
    {
        NetworkParts parts = NetworkParts.Open(settings);
        var forwarding = new HostForwarding(parts.Host, parts.Interfaces, parts.Paths.ForwardingFile);
        NetworkPool pool;
        try
        {
            pool = new NetworkPool(settings, parts, PolicyEnforcement.Open(parts, settings, forwarding.IsNoted), forwarding, logger);
        }
        catch (IOException failure)
        {
            pool = new NetworkPool(settings, parts, null, forwarding, logger) { Limitation = failure.Message };
            NetworkLog.LoopbackOnly(logger, failure.Message);
        }

        pool.LookAround();
        return pool;
    }

    /// <summary>Takes over the network of a container that has outlived the process that rented it.</summary>
    /// <param name="containerId">Which.</param>
    /// <param name="policy">The one that was set last.</param>
    /// <param name="cluster">Whose wire it is on; null for none.</param>
    /// <returns>Null when it has no network any more.</returns>
    /// <exception cref="ApplianceException">The policy cannot be applied.</exception>
    public Task<ContainerNetwork?> AdoptAsync(string containerId, NetworkPolicy policy, string? cluster = null) => RunAsync($"Network of '{containerId}' not adopted", () =>
    {
        if (!found.TryRemove(containerId, out ContainerNetwork? network))
        {
            return null;
        }

        enforcement?.Apply(network, policy);
        network.Policy = policy;
        rented.TryAdd(containerId, network);
        if (cluster is not null)
        {
            wires.Adopt(containerId, cluster);
        }

        return network;
    });

    /// <summary>Removes what was not adopted, and begins to keep networks ready.</summary>
    public async Task StartAsync()
    {
        foreach (ContainerNetwork network in found.Values)
        {
            slots.Return(network.Slot);
        }

        found.Clear();
        wires.Sweep();
        enforcement?.StartAnswering(parts, settings, rented);
        await UpkeepAsync(CancellationToken.None).ConfigureAwait(false);
        warm.Start();
        upkeep = new RepeatedWork(settings.UpkeepInterval, settings.Clock, UpkeepAsync, failure => NetworkLog.UpkeepFailed(logger, failure));
    }

    /// <summary>A network for a container, until it is released. Takes one that is ready, or makes one.</summary>
    /// <exception cref="ApplianceException">
    /// AlreadyExists: the container has one. ResourceExhausted: no address, namespace or memory is left. Others name
    /// what the kernel refused.
    /// </exception>
    public async Task<ContainerNetwork> RentAsync(string containerId, NetworkPolicy policy)
    {
        ContainerNetwork network = warm.TryTake()
            ?? await RunAsync($"Network for '{containerId}' not made", builder.Create).ConfigureAwait(false);
        try
        {
            if (!rented.TryAdd(containerId, network))
            {
                throw new ApplianceException(ErrorKind.AlreadyExists, $"Container '{containerId}' has a network already.");
            }

            builder.Assign(network, containerId);
            if (policy != network.Policy)
            {
                enforcement?.Firewall.Apply(network.Slot, policy);
                network.Policy = policy;
            }

            return network;
        }
        catch (Exception failure)
        {
            if (rented.Find(containerId) == network)
            {
                rented.Remove(containerId);
            }

            Remove(network);
            throw failure is IOException ? NetworkFailure.Describe($"Network for '{containerId}' not set up", failure) : failure;
        }
    }

    /// <summary>Lets a container reach those of its cluster, and nobody else, by an interface of its own.</summary>
    /// <exception cref="ApplianceException">NotFound: it has no network. Others name what the kernel refused.</exception>
    public Task JoinAsync(string containerId, WirePlace place) => RunAsync($"Network of cluster '{place.Cluster}' not made (it takes a kernel with bridges and IPv6)", () =>
    {
        wires.Join(containerId, Get(containerId), place);
        return true;
    });

    public ContainerNetwork? Find(string containerId) => rented.Find(containerId);

    /// <summary>Whose an address is; what comes from it comes from that container.</summary>
    public ContainerNetwork? Find(IPAddress address) => rented.Find(address);

    /// <summary>Connects from the host to a port of a container, whatever its policy.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="ApplianceException">NotFound, FailedPrecondition: the container has no network that the host reaches.</exception>
    public Task<Socket> ConnectAsync(string containerId, int port, CancellationToken cancellation) =>
        ConnectorOf(containerId).ConnectAsync(port, cancellation);

    /// <summary>Publishes a port of a container on the host until the listener is disposed. The caller disposes it before it releases the network.</summary>
    /// <exception cref="ApplianceException">The port cannot be listened on, or the container has no network that the host reaches.</exception>
    public TunnelListener OpenTunnel(string containerId, TunnelSettings tunnel) =>
        TunnelListener.Open(tunnel, ConnectorOf(containerId), settings.Clock);

    /// <summary>Changes where a running container may connect to; connections that may not be any more are cut.</summary>
    /// <exception cref="ApplianceException">NotFound: the container has no network.</exception>
    public Task SetPolicyAsync(string containerId, NetworkPolicy policy) => RunAsync($"Network policy of '{containerId}' not changed", () =>
    {
        ContainerNetwork network = Get(containerId);

        // The name forwarder follows at once: what it opened in between would be in no list.
        network.Policy = policy;
        enforcement?.Apply(network, policy);
        return true;
    });

    /// <summary>Gives a container's network up, whether it was rented, adopted or only found. Nothing happens when it has none.</summary>
    public Task ReleaseAsync(string containerId) => RunAsync($"Network of '{containerId}' not removed", () =>
    {
        if (rented.Remove(containerId) is { } network || found.TryRemove(containerId, out network))
        {
            Remove(network);
        }

        wires.Leave(containerId);
        return true;
    });

    /// <summary>
    /// Removes everything this instance has set up in the host's network, of running containers, too. The pool is of
    /// no use after this.
    /// </summary>
    public async Task RemoveAllAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await RunAsync("Networks not removed", () =>
        {
            enforcement?.Firewall.Remove();
            care.RemoveAll();
            parts.Paths.Remove();
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Ends the upkeep. Networks of containers stay, for the next process to adopt.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (enforcement is not null)
        {
            await enforcement.DisposeAsync().ConfigureAwait(false);
        }

        parts.Dispose();
    }

    private ContainerNetwork Get(string containerId) =>
        Find(containerId) ?? throw new ApplianceException(ErrorKind.NotFound, $"Container '{containerId}' has no network.");

    private TunnelConnector ConnectorOf(string containerId) => Get(containerId).Address is { } address
        ? new TunnelConnector(parts.Host, address)
        : throw new ApplianceException(
            ErrorKind.FailedPrecondition, $"Container '{containerId}' has a loopback interface only, which the host does not reach: {Limitation}");

    private async Task StopAsync()
    {
        if (upkeep is { } running)
        {
            upkeep = null;
            await running.DisposeAsync().ConfigureAwait(false);
        }

        await warm.DisposeAsync().ConfigureAwait(false);
    }

    private void LookAround()
    {
        foreach (ContainerNetwork network in builder.FindOwned(parts.Found))
        {
            found[network.ContainerId!] = network;
            slots.Claim(network.Slot);
        }

        NetworkLog.Opened(logger, Subnet.ToString(), found.Count);
    }

    private void Remove(ContainerNetwork network)
    {
        builder.Remove(network);
        slots.Return(network.Slot);
    }

    private Task UpkeepAsync(CancellationToken cancellation) => RunAsync("Networks not looked after", () =>
    {
        care.Run(slots.IsTaken, [.. rented.All, .. warm.Ready]);
        return true;
    });

    private static async Task<T> RunAsync<T>(string failureText, Func<T> work)
    {
        try
        {
            return await Task.Run(work).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NetworkFailure.Describe(failureText, failure);
        }
    }
}
