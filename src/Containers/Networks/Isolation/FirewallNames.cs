using System.Globalization;

namespace Appliance.Containers.Networks.Isolation;

/// <summary>What the parts of the packet filter's table are called.</summary>
internal static class FirewallNames
{
    public const string Arrival = "arrival";
    public const string Resolver = "resolver";
    public const string Host = "host";
    public const string HostServices = "host-services";
    public const string Forward = "forward";
    public const string Outbound = "outbound";
    public const string Inbound = "inbound";
    public const string Departure = "departure";
    public const string Open = "open";
    public const string Refuse = "refuse";

    /// <summary>Set of the interfaces of containers, each with the one address it may send from.</summary>
    public const string Senders = "senders";

    /// <summary>Map of container addresses to the chains that judge what they send.</summary>
    public const string Policies = "policies";

    /// <summary>Set of addresses that no container may reach.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>Set of protocols and ports of the gateway address that containers may use.</summary>
    public const string Services = "services";

    private const string AllowPrefix = "allow-";

    /// <summary>The table names the instance, so that several can run on one host.</summary>
    public static string Table(string instance) => $"appliance-{instance}";

    public static string Allow(int slot, int generation) => string.Create(CultureInfo.InvariantCulture, $"{AllowPrefix}{slot}-{generation}");

    public static string AllowedNetworks(string allow) => allow + "-nets";

    public static string AllowedNames(string allow) => allow + "-names";

    /// <summary>The generation in the name of an allow chain; null of any other chain.</summary>
    public static int? GenerationOf(string chain) =>
        chain.StartsWith(AllowPrefix, StringComparison.Ordinal)
        && int.TryParse(chain[(chain.LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int generation)
            ? generation
            : null;
}
