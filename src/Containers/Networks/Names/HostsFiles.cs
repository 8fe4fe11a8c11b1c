using System.Text;
using Appliance.Containers.Networks.Wires;

namespace Appliance.Containers.Networks.Names;

/// <summary>The files by which a container's programs know names: its own, and whom to ask for others.</summary>
/// <param name="Hosts">Contents of <c>/etc/hosts</c>.</param>
/// <param name="Resolver">Contents of <c>/etc/resolv.conf</c>.</param>
/// <param name="HostName">Contents of <c>/etc/hostname</c>.</param>
public sealed record HostsFiles(string Hosts, string Resolver, string HostName)
{
    /// <summary>By which the client's program asks for its own address in its cluster (contracts/modal.md §4).</summary>
    private const string WireName = "i6pn.modal.local";

    /// <param name="network">The container's.</param>
    /// <param name="hostName">The container's own name.</param>
    /// <param name="place">Its place on the wire of its cluster, by whose name its programs ask for their address; null for none.</param>
    /// <param name="host">What the host's resolver is told; search domains and options are taken over.</param>
    public static HostsFiles For(ContainerNetwork network, string hostName, WirePlace? place, ResolverFile host) =>
        new(WriteHosts(network, hostName) + (place is null ? "" : $"{place.Address}\t{WireName}\n"), WriteResolver(network, host), hostName + "\n");

    private static string WriteHosts(ContainerNetwork network, string hostName) => $"""
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        {network.Address?.ToString() ?? "127.0.0.1"}	{hostName}

        """;

    // Without a server, programs ask their own loopback, where nobody listens, and know at once.
    private static string WriteResolver(ContainerNetwork network, ResolverFile host)
    {
        var text = new StringBuilder();
        if (network.Gateway is { } gateway)
        {
            text.Append("nameserver ").Append(gateway).Append('\n');
        }

        if (host.Search.Count > 0)
        {
            text.Append("search ").AppendJoin(' ', host.Search).Append('\n');
        }

        // These two are about the host's own servers.
        string[] options = [.. host.Options.Where(option => option is not ("trust-ad" or "edns0"))];
        return (options.Length > 0 ? text.Append("options ").AppendJoin(' ', options).Append('\n') : text).ToString();
    }
}
