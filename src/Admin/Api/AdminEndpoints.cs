using Appliance.Core.Ids;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Admin.Api;

/// <summary>The server's side of the admin socket. Who may open the socket owns the server, so nothing more is asked.</summary>
public sealed class AdminEndpoints(ITokenDesk tokens, Func<ServerStatus> status)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        AdminRoutes.Map(routes.MapGet, "/status", http => AdminRoutes.Write(http, status(), AdminJson.Default.ServerStatus));
        AdminRoutes.Map(routes.MapGet, "/tokens", async http =>
            await AdminRoutes.Write(http, await tokens.ListAsync(http.RequestAborted), AdminJson.Default.IReadOnlyListTokenSummary));
        AdminRoutes.Map(routes.MapPost, "/tokens", async http =>
        {
            TokenRequest request = await AdminRoutes.Read(http, AdminJson.Default.TokenRequest);
            await AdminRoutes.Write(http, await tokens.CreateAsync(request, http.RequestAborted), AdminJson.Default.NewToken);
        });
        AdminRoutes.Map(routes.MapDelete, "/tokens/{id}", http =>
            tokens.RevokeAsync(ObjectId.Read<TokenId>((string)http.Request.RouteValues["id"]!), http.RequestAborted));
        AdminRoutes.Map(routes.MapPost, "/token-flows/approve", async http =>
            await tokens.ApproveAsync(await AdminRoutes.Read(http, AdminJson.Default.FlowApproval), http.RequestAborted));
    }
}
