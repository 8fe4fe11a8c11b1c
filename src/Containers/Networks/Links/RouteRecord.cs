using System.Net;

namespace Appliance.Containers.Networks.Links;

/// <summary>A route of the main or the local table.</summary>
/// <param name="Destination">What it leads to; 0.0.0.0/0 for a default route.</param>
/// <param name="LinkIndex">Through which interface; 0 when through several or none.</param>
/// <param name="Table">The routing table's number.</param>
public sealed record RouteRecord(IPNetwork Destination, int LinkIndex, uint Table);
