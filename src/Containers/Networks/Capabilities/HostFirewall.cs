using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Filtering;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Containers.Networks.Netlink;
using Appliance.Native.Networks;

namespace Appliance.Containers.Networks.Capabilities;

/// <summary>
/// What other firewalls of the host do to containers' packets. Every table is asked about every packet, and one that
/// drops it has the last word, so what they drop only they can let through.
/// </summary>
internal static class HostFirewall
{
    private const string OldTables = "/proc/net/ip_tables_names";
    private const string Forwarding = "/proc/sys/net/ipv4/ip_forward";
    private const string AllInterfaces = InterfaceNames.FamilyPrefix + "+";

    public static IEnumerable<NetworkCapability> Inspect(HostStack host)
    {
        using NetlinkSocket socket = host.Run(() => new NetlinkSocket(NetlinkProtocol.Netfilter));
        ChainRecord[] chains = [.. ChainListing.Read(socket).Where(chain => chain.Family is NfTablesProtocol.Ip4Family or NfTablesProtocol.InetFamily)];
        bool hasOldTables = host.Run(() => File.Exists(OldTables) && File.ReadAllText(OldTables).Contains("filter", StringComparison.Ordinal));
        yield return InspectForwarded(chains, hasOldTables);
        yield return InspectIncoming(chains);
        yield return host.Run(() => File.ReadAllText(Forwarding).Trim()) == "1"
            ? new NetworkCapability("forwarding", "the host forwards packets", null)
            : new NetworkCapability("forwarding", "the host forwards nothing; the appliance turns it on for the interfaces it needs, and off again", null);
    }

    private static NetworkCapability InspectForwarded(ChainRecord[] chains, bool hasOldTables)
    {
        const string name = "firewall-forward";
        if (Blocking(chains, NfTablesProtocol.ForwardHook) is { } blocking)
        {
            bool hasDocker = chains.Any(chain => chain.Name == "DOCKER-USER");
            return new NetworkCapability(
                name,
                $"table '{blocking.Table}' drops forwarded packets that it does not know: containers reach nothing outside",
                hasDocker
                    ? $"Allow them: 'iptables -I DOCKER-USER -i {AllInterfaces} -j ACCEPT' and 'iptables -I DOCKER-USER -o {AllInterfaces} -j ACCEPT'."
                    : $"Have the firewall that owns the table accept packets forwarded from and to the interfaces '{AllInterfaces}'.");
        }

        return hasOldTables
            ? new NetworkCapability(name, $"the host also filters with iptables-legacy, which must not drop what is forwarded from and to '{AllInterfaces}'", null)
            : new NetworkCapability(name, "no other firewall drops what containers send", null);
    }

    private static NetworkCapability InspectIncoming(ChainRecord[] chains) => Blocking(chains, NfTablesProtocol.InputHook) is { } blocking
        ? new NetworkCapability(
            "firewall-input",
            $"table '{blocking.Table}' drops incoming packets that it does not know: containers' questions for names may not arrive",
            $"Have the firewall that owns the table accept packets that come in from the interfaces '{AllInterfaces}'; the appliance's own table judges them.")
        : new NetworkCapability("firewall-input", "no other firewall drops containers' questions for names", null);

    private static ChainRecord? Blocking(ChainRecord[] chains, int hook) => chains.FirstOrDefault(chain => chain.Hook == hook && chain.DropsByDefault);
}
