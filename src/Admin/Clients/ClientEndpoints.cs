using Appliance.Admin.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Admin.Clients;

/// <summary>The client's libraries on the admin socket.</summary>
public sealed class ClientEndpoints(IClientDesk desk)
{
    internal const string Path = "/clients";

    public void Map(IEndpointRouteBuilder routes)
    {
        AdminRoutes.Map(routes.MapGet, Path, async http =>
            await AdminRoutes.Write(http, await desk.ListAsync(http.RequestAborted), AdminJson.Default.IReadOnlyListClientMount));
        AdminRoutes.Map(routes.MapPost, Path, async http =>
        {
            ClientAddition request = await AdminRoutes.Read(http, AdminJson.Default.ClientAddition);
            await AdminRoutes.Write(http, await desk.AddAsync(request.Paths, http.RequestAborted), AdminJson.Default.IReadOnlyListClientMount);
        });
    }
}
