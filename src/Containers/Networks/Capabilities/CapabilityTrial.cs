using System.Net;
using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Connections;
using Appliance.Containers.Networks.Filtering;
using Appliance.Containers.Networks.Isolation;
using Appliance.Containers.Networks.Links;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Containers.Networks.Policies;
using Appliance.Native.Networks;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Containers.Networks.Capabilities;

/// <summary>Does once what is done for every container, in a namespace that ends with the thread it is tried on.</summary>
internal static class CapabilityTrial
{
    private const string Instance = "trial";
    private const int Mtu = 1500;

    private static readonly IPNetwork Subnet = new(IPAddress.Parse("198.18.0.0"), AddressPlan.PrefixLength);

    /// <summary>What was tried, up to the first thing that does not work.</summary>
    public static IReadOnlyList<NetworkCapability> Run()
    {
        var met = new List<NetworkCapability>();
        NetworkNamespace.OnOwnThread(() =>
        {
            _ = Try(met, "namespaces", "network namespaces can be made", "Run as root; in a container it takes CAP_SYS_ADMIN.", ThreadNamespace.EnterNew)
                && Try(met, "links", "pairs of interfaces can be made", "Load the module ('modprobe veth'); in a container it takes CAP_NET_ADMIN.", MakeLinks)
                && Try(met, "packet-filter", "nf_tables has all that is needed",
                    "Load the modules ('modprobe -a nf_tables nft_ct nft_masq nft_nat nft_reject_inet'). Until then containers have loopback only.", MakeFilter)
                && Try(met, "connections", "connections can be cut", "Load the module ('modprobe nf_conntrack_netlink').", ForgetConnections);
            return true;
        });
        return met;
    }

    private static bool Try(List<NetworkCapability> tried, string name, string what, string fix, Action step)
    {
        try
        {
            step();
            tried.Add(new NetworkCapability(name, what, null));
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            tried.Add(new NetworkCapability(name, failure.Message, fix));
            return false;
        }
    }

    private static void MakeLinks()
    {
        using var routes = new RouteSocket();
        using SafeFileHandle here = ThreadNamespace.Open();
        routes.Execute("make a pair of interfaces", writer => writer.AddPair("near", here, "far", Mtu));
        routes.Execute("set up an interface", writer => writer.SetUp(routes.FindLink("near")!.Index, isForwarding: true));
    }

    private static void MakeFilter()
    {
        var interfaces = new InterfaceNames(Instance);
        var addresses = new AddressPlan(Subnet);
        using ContainerFirewall firewall = ContainerFirewall.Open(
            new FilterTable(FirewallNames.Table(Instance)), interfaces, addresses, new FirewallLayout(interfaces, addresses, 53, ServicePort: 80, IsGuarded: true));
        firewall.Apply(AddressPlan.SlotMin, NetworkPolicy.Allow(["192.0.2.0/24"], ["example.com"]));
        firewall.Apply(AddressPlan.SlotMin, NetworkPolicy.Open);
    }

    private static void ForgetConnections()
    {
        using var tracker = new ConnectionTracker();
        tracker.Cut(IPAddress.Loopback, _ => true);
    }
}
