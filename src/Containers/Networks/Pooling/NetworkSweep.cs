using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Isolation;
using Appliance.Containers.Networks.Links;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Containers.Networks.Netlink;

namespace Appliance.Containers.Networks.Pooling;

/// <summary>Removes what is left of networks that nobody uses: pins, interfaces, entries of the packet filter.</summary>
internal sealed class NetworkSweep(NetworkParts parts, ContainerFirewall? firewall)
{
    private readonly HostStack host = parts.Host;
    private readonly NetworkPaths paths = parts.Paths;
    private readonly InterfaceNames interfaces = parts.Interfaces;
    private readonly AddressPlan addresses = parts.Addresses;

    /// <param name="isUsed">Tells the slots to spare; asked right before each step.</param>
    /// <returns>The slots of which something was left.</returns>
    public IReadOnlyList<int> Run(Func<int, bool> isUsed)
    {
        var swept = new HashSet<int>();
        foreach (int slot in paths.ListSlots().Where(slot => !isUsed(slot)))
        {
            NetworkNamespace.Delete(paths.PinOf(slot));
            swept.Add(slot);
        }

        foreach (int slot in (firewall?.ListAddresses() ?? []).Select(addresses.SlotOf).Where(slot => !isUsed(slot)))
        {
            firewall!.Dismiss(slot);
            swept.Add(slot);
        }

        // Most interfaces go with their namespaces; what still has a process needs to be told.
        foreach (LinkRecord link in host.Routes.ListLinks())
        {
            if (interfaces.SlotOf(link.Name) is { } slot && !isUsed(slot))
            {
                Delete(link);
                swept.Add(slot);
            }
        }

        return [.. swept];
    }

    private void Delete(LinkRecord link)
    {
        try
        {
            host.Routes.Execute($"remove interface '{link.Name}'", writer => writer.Delete(link.Index));
        }
        catch (NetlinkException failure) when (failure.HResult == NetlinkException.NoSuchDevice)
        {
            // Gone in between.
        }
    }
}
