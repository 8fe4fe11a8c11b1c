using Appliance.Gateways.Web.Packages;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Hosting.Server;

/// <summary>What containers reach of this machine: packages, to read.</summary>
public static class PackageDoor
{
    public static void Map(IEndpointRouteBuilder routes, ServerParts parts) =>
        new PackageIndexEndpoints(parts.Storage.Wheelhouse, parts.PublicIndex).Map(routes, guard: handler => handler);
}
