using System.Net;
using System.Net.Security;

namespace Appliance.Engine.Access;

/// <summary>Where clients of tunnels come in.</summary>
/// <param name="Address">Of the machine.</param>
/// <param name="Certificate">What clients with TLS see; asked for each of them.</param>
public sealed record TunnelDoor(IPAddress Address, Func<SslServerAuthenticationOptions> Certificate);
