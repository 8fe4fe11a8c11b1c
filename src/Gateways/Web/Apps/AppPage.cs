using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Gateways.Web.Apps;

/// <summary>The page whose address clients print for an app: a line that says how it stands.</summary>
public static class AppPage
{
    public static void Map(IEndpointRouteBuilder routes, MetadataStore store) => routes.MapGet("/apps/{id}", (RequestDelegate)(http =>
    {
        bool isRunning = ObjectId.TryRead((string?)http.Request.RouteValues["id"], out AppId app)
            && store.Read(read => ObjectRows.Find(read, app.Text)) is not null;
        http.Response.StatusCode = isRunning ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(isRunning ? $"App '{app.Text}' is there.\n" : "This app has ended, or never existed.\n", http.RequestAborted);
    }));
}
