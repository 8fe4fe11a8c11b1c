using System.Net;
using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Links;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Pooling;

/// <summary>What a pool is made of, opened in order.</summary>
internal sealed class NetworkParts : IDisposable
{
    private const int MtuDefault = 1500;

    private NetworkParts(HostStack host, NetworkPaths paths, InterfaceNames interfaces, AddressPlan addresses, IReadOnlyList<LinkRecord> found)
    {
        Host = host;
        Paths = paths;
        Interfaces = interfaces;
        Addresses = addresses;
        Found = found;
    }

    public HostStack Host { get; }

    public NetworkPaths Paths { get; }

    public InterfaceNames Interfaces { get; }

    public AddressPlan Addresses { get; }

    /// <summary>Interfaces of this instance that were there already.</summary>
    public IReadOnlyList<LinkRecord> Found { get; }

    /// <exception cref="ApplianceException">Says what is missing and what to do.</exception>
    public static NetworkParts Open(NetworkSettings settings)
    {
        try
        {
            var paths = new NetworkPaths(settings.RunDirectory);
            paths.Prepare();
            var host = new HostStack(settings.HostNamespacePath);
            var interfaces = new InterfaceNames(settings.Instance);
            LinkRecord[] found = [.. host.Routes.ListLinks().Where(link => interfaces.SlotOf(link.Name) is not null)];
            return new NetworkParts(host, paths, interfaces, new AddressPlan(PickSubnet(settings, host, found)), found);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NetworkFailure.Describe("Containers' networks cannot be set up", failure);
        }
    }

    /// <summary>Largest packet that the host's way out takes.</summary>
    public int ReadMtu()
    {
        HashSet<int> uplinks = [.. Host.Routes.ListRoutes().Where(route => route.Destination.PrefixLength == 0).Select(route => route.LinkIndex)];
        return Host.Routes.ListLinks().Where(link => uplinks.Contains(link.Index)).Select(link => link.Mtu).DefaultIfEmpty(MtuDefault).Min();
    }

    public void Dispose() => Host.Dispose();

    // Running containers keep their addresses, so theirs is the subnet.
    private static IPNetwork PickSubnet(NetworkSettings settings, HostStack host, LinkRecord[] found)
    {
        HashSet<int> own = [.. found.Select(link => link.Index)];
        IReadOnlyList<AddressRecord> addresses = host.Routes.ListAddresses();
        return addresses.FirstOrDefault(held => own.Contains(held.LinkIndex)) is { } gateway
            ? AddressPlan.SubnetOf(gateway.Address)
            : settings.Subnet ?? SubnetChoice.Pick(settings.Instance, host.Routes.ListRoutes(), addresses);
    }
}
