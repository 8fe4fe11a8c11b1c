using System.Net;

namespace Appliance.Containers.Networks.Wires;

/// <summary>A container's place on the wire of its cluster.</summary>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="Rank">From 0.</param>
public sealed record WirePlace(string Cluster, int Rank)
{
    /// <summary>The interface's name in the container.</summary>
    public const string Interface = "i6pn";

    public IPAddress Address => WireAddresses.Of(Cluster, Rank);
}
