using Appliance.Admin.Metrics;
using Appliance.Admin.Readiness;
using Appliance.Admin.TokenPages;
using Appliance.Engine.Access;
using Appliance.Gateways.Transfers;
using Appliance.Gateways.Transfers.Blobs;
using Appliance.Gateways.Web.Apps;
using Appliance.Gateways.Web.Connect;
using Appliance.Gateways.Web.Identity;
using Appliance.Gateways.Modal.Web;
using Appliance.Gateways.Web.Packages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Hosting.Server;

/// <summary>What the HTTP port serves: its own pages, and behind them the servers in sandboxes.</summary>
public static class HttpDoor
{
    public static void Use(IApplicationBuilder door, ServerParts parts)
    {
        var connect = new ConnectDoor(parts.ConnectTokens, parts.Work.Supervisor, parts.Work.Http, parts.Clock);
        WebFunctionDoor functions = DoorOf(parts);
        door.UseWebSockets();
        door.Use(next => http => functions.ServeAsync(http, next));
        door.Use(next => http => connect.ServeAsync(http, next));
        door.UseRouting();
        door.UseEndpoints(routes => Map(routes, parts));
        door.Use(next => http => connect.ServeRestAsync(http, next));
    }

    /// <summary>What a port serves that one web function has to itself: that function alone.</summary>
    public static void UseWebPort(IApplicationBuilder door, ServerParts parts)
    {
        WebFunctionDoor functions = DoorOf(parts);
        door.UseWebSockets();
        door.Run(functions.ServePortAsync);
    }

    private static WebFunctionDoor DoorOf(ServerParts parts) => new(
        parts.Store, parts.Work.Functions.Calls, parts.Work.Functions.Servers, new ServerExchange(parts.Work.Functions.Servers, parts.Work.Http), parts.WebAccess);

    private static void Map(IEndpointRouteBuilder routes, ServerParts parts)
    {
        HealthEndpoints.Map(routes, parts.Readiness);
        MetricsEndpoint.Map(routes, parts.Metrics);
        new BlockEndpoints(parts.BlockLinks, parts.Storage.Contents).Map(routes);
        new TokenFlowPage(parts.TokenFlows, parts.Tokens).Map(routes);
        AppPage.Map(routes, parts.Store);
        IssuerEndpoints.Map(routes, parts.WorkloadTokens);
        new BlobEndpoints(parts.Storage.Blobs, parts.BlobLinks).Map(routes);
        new PackageIndexEndpoints(parts.Storage.Wheelhouse, parts.PublicIndex).Map(routes, new PackageAccess(parts.Tokens).Guard);
    }
}
