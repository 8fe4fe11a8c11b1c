using System.Collections.Concurrent;
using System.Net;
using Appliance.Containers.Networks.Names;
using Appliance.Containers.Networks.Policies;

namespace Appliance.Containers.Networks;

/// <summary>The networks that containers have, by container and by address.</summary>
internal sealed class NetworkDirectory(OpenedNames? opened) : INameRules
{
    private readonly ConcurrentDictionary<string, ContainerNetwork> byContainer = new();
    private readonly ConcurrentDictionary<IPAddress, ContainerNetwork> byAddress = new();

    public IEnumerable<ContainerNetwork> All => byContainer.Values;

    public bool TryAdd(string containerId, ContainerNetwork network)
    {
        bool isAdded = byContainer.TryAdd(containerId, network);
        if (isAdded && network.Address is { } address)
        {
            byAddress[address] = network;
        }

        return isAdded;
    }

    public ContainerNetwork? Find(string containerId) => byContainer.GetValueOrDefault(containerId);

    public ContainerNetwork? Find(IPAddress address) => byAddress.GetValueOrDefault(address);

    public ContainerNetwork? Remove(string containerId)
    {
        if (byContainer.TryRemove(containerId, out ContainerNetwork? network) && network.Address is { } address)
        {
            byAddress.TryRemove(new(address, network));
        }

        return network;
    }

    public NameDecision Decide(IPAddress container, string name) => Find(container)?.Policy switch
    {
        null or { Kind: PolicyKind.Blocked } => NameDecision.Refuse,
        { Kind: PolicyKind.Open } => NameDecision.Resolve,
        { } policy => policy.AllowsName(name) ? NameDecision.ResolveAndOpen : NameDecision.Hide,
    };

    public void Open(IPAddress container, string name, IReadOnlyList<(IPAddress Address, TimeSpan Life)> addresses) =>
        opened?.Open(container, name, addresses);
}
