using Appliance.Admin.Metrics;
using Appliance.Admin.Readiness;
using Appliance.Admin.TokenPages;
using Appliance.Gateways.Transfers;
using Appliance.Gateways.Transfers.Blobs;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Hosting.Server;

/// <summary>What the HTTP port serves.</summary>
public static class HttpDoor
{
    public static void Map(IEndpointRouteBuilder routes, ServerParts parts)
    {
        HealthEndpoints.Map(routes, parts.Readiness);
        MetricsEndpoint.Map(routes, parts.Metrics);
        new BlockEndpoints(parts.BlockLinks, parts.Storage.Contents).Map(routes);
        new TokenFlowPage(parts.TokenFlows, parts.Tokens).Map(routes);
        new BlobEndpoints(parts.Storage.Blobs, parts.BlobLinks).Map(routes);
    }
}
