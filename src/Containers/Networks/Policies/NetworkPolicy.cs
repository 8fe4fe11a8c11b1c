using System.Net;
using System.Net.Sockets;
using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Policies;

/// <summary>Where a container may connect to. It says nothing of connections from outside into the container.</summary>
public sealed record NetworkPolicy
{
    public static readonly NetworkPolicy Open = new(PolicyKind.Open, [], []);
    public static readonly NetworkPolicy Blocked = new(PolicyKind.Blocked, [], []);

    private static readonly IPNetwork Everywhere = new(IPAddress.Any, 0);

    private NetworkPolicy(PolicyKind kind, IReadOnlyList<IPNetwork> networks, IReadOnlyList<DomainPattern> domains)
    {
        Kind = kind;
        Networks = networks;
        Domains = domains;
    }

    public PolicyKind Kind { get; }

    /// <summary>Networks of an allow-list. Containers have no IPv6, so IPv6 ones have no effect.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; }

    /// <summary>Names of an allow-list: their addresses may be reached, and no other name is resolved.</summary>
    public IReadOnlyList<DomainPattern> Domains { get; }

    /// <summary>
    /// An allow-list; with two empty lists nothing may be reached. <c>0.0.0.0/0</c> or the domain <c>*</c> makes it
    /// <see cref="Open"/>.
    /// </summary>
    /// <exception cref="ApplianceException">InvalidArgument: an entry is malformed; it is named.</exception>
    public static NetworkPolicy Allow(IEnumerable<string> cidrs, IEnumerable<string> domains)
    {
        IPNetwork[] networks = [.. cidrs.Select(Cidr.Parse).Distinct()];
        bool isOpen = networks.Contains(Everywhere);
        var patterns = new List<DomainPattern>();
        foreach (string domain in domains)
        {
            if (domain.Trim() == "*")
            {
                isOpen = true;
            }
            else
            {
                patterns.Add(DomainPattern.Parse(domain));
            }
        }

        return isOpen ? Open : new NetworkPolicy(PolicyKind.Allowlist, networks, [.. patterns.Distinct()]);
    }

    /// <summary>Whether a name may be resolved.</summary>
    /// <param name="name">In lower case, without the dot at its end.</param>
    public bool AllowsName(string name) => Kind switch
    {
        PolicyKind.Open => true,
        PolicyKind.Blocked => false,
        _ => Domains.Any(domain => domain.Matches(name)),
    };

    /// <summary>Whether an address may be reached, whatever its name.</summary>
    public bool AllowsAddress(IPAddress address) => Kind switch
    {
        PolicyKind.Open => true,
        PolicyKind.Blocked => false,
        _ => Networks.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)),
    };

    public bool Equals(NetworkPolicy? other) => other is not null && Kind == other.Kind
        && Networks.SequenceEqual(other.Networks) && Domains.SequenceEqual(other.Domains);

    public override int GetHashCode() => HashCode.Combine(Kind, Networks.Count, Domains.Count);

    internal IEnumerable<IPNetwork> Networks4 => Networks.Where(network => network.BaseAddress.AddressFamily == AddressFamily.InterNetwork);
}
