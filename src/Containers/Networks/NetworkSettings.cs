using System.Net;

namespace Appliance.Containers.Networks;

/// <summary>How containers are connected.</summary>
public sealed record NetworkSettings
{
    /// <summary>Tells several appliances on one host apart. Letters, digits and dashes.</summary>
    public required string Instance { get; init; }

    /// <summary>
    /// A directory of this instance alone, which may be lost with the next boot: namespaces are pinned here.
    /// </summary>
    public required string RunDirectory { get; init; }

    /// <summary>How many networks are kept ready.</summary>
    public int WarmCount { get; init; } = 4;

    /// <summary>A /16 for containers; null to pick one that the host has no other use for.</summary>
    public IPNetwork? Subnet { get; init; }

    /// <summary>Where the host's resolvers are named; null asks the usual files.</summary>
    public string? ResolverFile { get; init; }

    /// <summary>
    /// A Unix socket that containers reach at port 80 of their gateway, if their policy allows its address; null for none.
    /// </summary>
    public string? ServiceSocket { get; init; }

    /// <summary>The network namespace that is the host's; null for the process's own.</summary>
    public string? HostNamespacePath { get; init; }

    /// <summary>How often the host's side is looked after: routes that appear, a packet filter that somebody cleared.</summary>
    public TimeSpan UpkeepInterval { get; init; } = TimeSpan.FromSeconds(10);

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
