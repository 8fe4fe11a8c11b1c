using Appliance.Admin.Api;
using Appliance.Admin.Clients;
using Appliance.Admin.Images;
using Appliance.Admin.Space;
using Appliance.Admin.Transfers;
using Appliance.Mounts.Clients;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Hosting.Server;

/// <summary>What the admin socket serves.</summary>
public static class AdminDoor
{
    public static void Map(IEndpointRouteBuilder routes, ServerParts parts, Func<ServerStatus> status, TimeProvider clock)
    {
        new AdminEndpoints(new LocalTokenDesk(parts.Tokens, parts.TokenFlows, clock), status).Map(routes);
        var cleanup = new StorageCleanup(parts.Stores, clock);
        new SpaceEndpoints(new LocalSpaceDesk(parts.Stores, parts.Surveyor, cleanup, LocalSpaceDesk.ServingGrace, clock)).Map(routes);
        new TransferEndpoints(
            new LocalVolumeDesk(parts.Store, parts.Storage.Contents, parts.Storage.VersionPins, parts.Storage.VolumeCommitter, parts.Workspace), clock).Map(routes);
        new ClientEndpoints(new LocalClientDesk(new ClientLibraries(parts.Store, parts.Storage.Contents, parts.Workspace.Id))).Map(routes);
        new ImageEndpoints(new LocalImageDesk(parts.Storage.Images, clock), clock).Map(routes);
    }
}
