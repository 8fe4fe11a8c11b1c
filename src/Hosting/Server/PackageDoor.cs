using Appliance.Gateways.Transfers;
using Appliance.Gateways.Transfers.Blobs;
using Appliance.Gateways.Web.Packages;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Hosting.Server;

/// <summary>What containers reach of this machine: packages, to read, and what links lead to that they were given.</summary>
public static class PackageDoor
{
    public static void Map(IEndpointRouteBuilder routes, ServerParts parts)
    {
        new PackageIndexEndpoints(parts.Storage.Wheelhouse, parts.PublicIndex).Map(routes, guard: handler => handler);
        new BlockEndpoints(parts.BlockLinks, parts.Storage.Contents).Map(routes);
        new BlobEndpoints(parts.Storage.Blobs, parts.BlobLinks).Map(routes);
    }
}
