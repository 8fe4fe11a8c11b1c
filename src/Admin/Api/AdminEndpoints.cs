using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Admin.Api;

/// <summary>The server's side of the admin socket. Who may open the socket owns the server, so nothing more is asked.</summary>
public sealed class AdminEndpoints(ITokenDesk tokens, Func<ServerStatus> status)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes.MapGet, "/status", http => Write(http, status(), AdminJson.Default.ServerStatus));
        Map(routes.MapGet, "/tokens", async http =>
            await Write(http, await tokens.ListAsync(http.RequestAborted), AdminJson.Default.IReadOnlyListTokenSummary));
        Map(routes.MapPost, "/tokens", async http =>
        {
            TokenRequest request = await Read(http, AdminJson.Default.TokenRequest);
            await Write(http, await tokens.CreateAsync(request, http.RequestAborted), AdminJson.Default.NewToken);
        });
        Map(routes.MapDelete, "/tokens/{id}", http =>
            tokens.RevokeAsync(ObjectId.Read<TokenId>((string)http.Request.RouteValues["id"]!), http.RequestAborted));
        Map(routes.MapPost, "/token-flows/approve", async http =>
            await tokens.ApproveAsync(await Read(http, AdminJson.Default.FlowApproval), http.RequestAborted));
    }

    private static void Map(
        Func<string, RequestDelegate, IEndpointConventionBuilder> map, string pattern, Func<HttpContext, Task> handle) =>
        map(pattern, async http =>
        {
            try
            {
                await handle(http);
            }
            catch (ApplianceException failure)
            {
                http.Response.StatusCode = StatusCodes.Status400BadRequest;
                await Write(http, new AdminFailure(failure.Kind.ToString(), failure.Message), AdminJson.Default.AdminFailure);
            }
        });

    private static Task Write<T>(HttpContext http, T value, JsonTypeInfo<T> type)
    {
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, value, type, http.RequestAborted);
    }

    private static async Task<T> Read<T>(HttpContext http, JsonTypeInfo<T> type)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted)
                ?? throw new ApplianceException(ErrorKind.InvalidArgument, "The request is empty.");
        }
        catch (JsonException cause)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"The request is not understood: {cause.Message}", cause);
        }
    }
}
