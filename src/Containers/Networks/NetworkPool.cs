using System.Collections.Concurrent;
using System.Net;
using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Isolation;
using Appliance.Containers.Networks.Policies;
using Appliance.Containers.Networks.Pooling;
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
    private const int ResolverPort = 5353;

    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, ContainerNetwork> rented = new();
    private readonly ConcurrentDictionary<string, ContainerNetwork> found = new();
    private readonly NetworkSettings settings;
    private readonly NetworkParts parts;
    private readonly ContainerFirewall? firewall;
    private readonly ILogger logger;
    private readonly SlotAllocator slots = new(Random.Shared.Next(AddressPlan.SlotMax));
    private readonly NetworkBuilder builder;
    private readonly WarmNetworks warm;
    private readonly NetworkSweep sweep;
    private readonly HostForwarding forwarding;
    private RepeatedWork? upkeep;
    private bool isGuarded;

    private NetworkPool(
        NetworkSettings settings, NetworkParts parts, HostForwarding forwarding, ContainerFirewall? firewall, ILogger logger)
    {
        this.parts = parts;
        this.forwarding = forwarding;
        this.firewall = firewall;
        this.settings = settings;
        this.logger = logger;
        builder = new NetworkBuilder(parts.Host, parts.Paths, slots, parts.Interfaces, parts.Addresses, firewall, parts.ReadMtu());
        warm = new WarmNetworks(builder, settings.WarmCount, settings.Clock, logger);
        sweep = new NetworkSweep(parts.Host, parts.Paths, parts.Interfaces, parts.Addresses, firewall);
    }

    /// <summary>Why containers get a loopback interface only; null when they get all they should.</summary>
    public string? Limitation { get; private init; }

    /// <summary>What containers' addresses are taken from.</summary>
    public IPNetwork Subnet => parts.Addresses.Subnet;

    /// <summary>How many networks are ready.</summary>
    public int ReadyCount => warm.ReadyCount;

    /// <summary>Sets up what all networks share and looks at what an earlier process left; removes nothing.</summary>
    /// <exception cref="ApplianceException">Not even a namespace can be made; the text says what to do.</exception>
    public static NetworkPool Open(NetworkSettings settings, ILogger logger)
    {
        NetworkParts parts = NetworkParts.Open(settings);
        var forwarding = new HostForwarding(parts.Host, parts.Interfaces, parts.Paths.ForwardingFile);
        NetworkPool pool;
        try
        {
            pool = new NetworkPool(settings, parts, forwarding, parts.OpenFirewall(settings.Instance, ResolverPort), logger);
        }
        catch (IOException failure)
        {
            pool = new NetworkPool(settings, parts, forwarding, null, logger) { Limitation = failure.Message };
            NetworkLog.LoopbackOnly(logger, failure.Message);
        }

        pool.Forward();
        pool.LookAround();
        return pool;
    }

    /// <summary>Takes over the network of a container that has outlived the process that rented it.</summary>
    /// <param name="policy">The one that was set last.</param>
    /// <returns>Null when it has no network any more.</returns>
    /// <exception cref="ApplianceException">The policy cannot be applied.</exception>
    public Task<ContainerNetwork?> AdoptAsync(string containerId, NetworkPolicy policy) => RunAsync($"Network of '{containerId}' not adopted", () =>
    {
        if (!found.TryRemove(containerId, out ContainerNetwork? network))
        {
            return null;
        }

        Apply(network, policy);
        rented[containerId] = network;
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
        await UpkeepAsync(CancellationToken.None).ConfigureAwait(false);
        warm.Start();
        upkeep = new RepeatedWork(UpkeepInterval, settings.Clock, UpkeepAsync, failure => NetworkLog.UpkeepFailed(logger, failure));
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
            Apply(network, policy);
            return network;
        }
        catch (Exception failure)
        {
            rented.TryRemove(new(containerId, network));
            Remove(network);
            throw failure is IOException ? NetworkFailure.Describe($"Network for '{containerId}' not set up", failure) : failure;
        }
    }

    public ContainerNetwork? Find(string containerId) => rented.GetValueOrDefault(containerId);

    /// <summary>Changes where a running container may connect to; connections that may not be any more are cut.</summary>
    /// <exception cref="ApplianceException">NotFound: the container has no network.</exception>
    public Task SetPolicyAsync(string containerId, NetworkPolicy policy) => RunAsync($"Network policy of '{containerId}' not changed", () =>
    {
        ContainerNetwork network = Find(containerId)
            ?? throw new ApplianceException(ErrorKind.NotFound, $"Container '{containerId}' has no network.");
        Apply(network, policy);
        return true;
    });

    /// <summary>Gives a container's network up, whether it was rented, adopted or only found. Nothing happens when it has none.</summary>
    public Task ReleaseAsync(string containerId) => RunAsync($"Network of '{containerId}' not removed", () =>
    {
        if (rented.TryRemove(containerId, out ContainerNetwork? network) || found.TryRemove(containerId, out network))
        {
            Remove(network);
        }

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
            firewall?.Remove();
            sweep.Run(isUsed: _ => false);
            forwarding.Restore();
            parts.Paths.Remove();
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Ends the upkeep. Networks of containers stay, for the next process to adopt.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        firewall?.Dispose();
        parts.Dispose();
    }

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

    private void Apply(ContainerNetwork network, NetworkPolicy policy)
    {
        if (firewall is not null && network.Address is not null && policy != network.Policy)
        {
            firewall.Apply(network.Slot, policy);
        }

        network.Policy = policy;
    }

    private void Remove(ContainerNetwork network)
    {
        builder.Remove(network);
        slots.Return(network.Slot);
    }

    private Task UpkeepAsync(CancellationToken cancellation) => RunAsync("Networks not looked after", () =>
    {
        IReadOnlyList<int> swept = sweep.Run(slots.IsTaken);
        if (swept.Count > 0)
        {
            NetworkLog.Swept(logger, swept.Count);
        }

        Forward();
        return true;
    });

    private void Forward()
    {
        try
        {
            bool isNeeded = forwarding.Ensure();
            if (firewall is not null && isNeeded != isGuarded)
            {
                firewall.SetGuard(ResolverPort, isNeeded);
                isGuarded = isNeeded;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            NetworkLog.NotForwarding(logger, failure.Message);
        }
    }

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
