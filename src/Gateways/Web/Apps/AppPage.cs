using System.Globalization;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Gateways.Web.Apps;

/// <summary>The page whose address clients print for an app: how it stands. It is open to all, so it tells nothing more.</summary>
public static class AppPage
{
    public static void Map(IEndpointRouteBuilder routes, MetadataStore store) => routes.MapGet("/apps/{id}", (RequestDelegate)(http =>
    {
        AppRecord? app = ObjectId.TryRead((string?)http.Request.RouteValues["id"], out AppId id) ? store.Read(read => AppRows.Find(read, id)) : null;
        http.Response.StatusCode = app is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(app is null ? "There is no such app, or it ended long ago.\n" : Describe(app), http.RequestAborted);
    }));

    private static string Describe(AppRecord app)
    {
        string state = app.State switch
        {
            AppLife.Initializing => "is being put together",
            AppLife.Stopped => $"has ended, at {TimeOf(app.StoppedAt)}",
            AppLife.Deployed => $"is deployed, as version {app.Version} since {TimeOf(app.DeployedAt)}",
            _ => $"runs since {TimeOf(app.CreatedAt)}",
        };
        return $"App '{app.Id}' {state}.\nWhat it writes: modal app logs {app.Id}\n";
    }

    private static string TimeOf(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "a time that is not known";
}
