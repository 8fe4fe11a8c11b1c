using Appliance.Admin.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Admin.Space;

/// <summary>The space on the admin socket.</summary>
public sealed class SpaceEndpoints(ISpaceDesk desk)
{
    internal const string Report = "/space";
    internal const string Prune = "/space/prune";

    public void Map(IEndpointRouteBuilder routes)
    {
        AdminRoutes.Map(routes.MapGet, Report, async http =>
            await AdminRoutes.Write(http, await desk.ReportAsync(http.RequestAborted), AdminJson.Default.SpaceReport));
        AdminRoutes.Map(routes.MapPost, Prune, async http =>
        {
            PruneRequest request = await AdminRoutes.Read(http, AdminJson.Default.PruneRequest);
            await AdminRoutes.Write(http, await desk.PruneAsync(request, http.RequestAborted), AdminJson.Default.PruneReport);
        });
    }
}
