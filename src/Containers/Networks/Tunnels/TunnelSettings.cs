using System.Net;
using System.Net.Security;

namespace Appliance.Containers.Networks.Tunnels;

/// <summary>A port of a container that is published on the host.</summary>
public sealed record TunnelSettings
{
    public required int ContainerPort { get; init; }

    public required TunnelKind Kind { get; init; }

    /// <summary>Where clients connect. Port 0 picks a free one; give the same port again after a restart.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Who may connect; null for everybody.</summary>
    public IReadOnlyList<IPNetwork>? Clients { get; init; }

    /// <summary>The server's certificate, asked for each connection because it is renewed. Needed unless the tunnel is plain.</summary>
    public Func<SslServerAuthenticationOptions>? Certificate { get; init; }

    /// <summary>Connections beyond this number are closed at once.</summary>
    public int ConnectionsMax { get; init; } = 4096;
}
