using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Appliance.Core.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Admin.Api;

/// <summary>The form of all requests on the admin socket: JSON in, JSON out, failures by kind and message.</summary>
internal static class AdminRoutes
{
    public static void Map(
        Func<string, RequestDelegate, IEndpointConventionBuilder> map, string pattern, Func<HttpContext, Task> handle) =>
        map(pattern, async http =>
        {
            try
            {
                await handle(http);
            }
            catch (ApplianceException failure) when (!http.Response.HasStarted)
            {
                http.Response.StatusCode = StatusCodes.Status400BadRequest;
                await Write(http, new AdminFailure(failure.Kind.ToString(), failure.Message), AdminJson.Default.AdminFailure);
            }
        });

    public static Task Write<T>(HttpContext http, T value, JsonTypeInfo<T> type)
    {
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, value, type, http.RequestAborted);
    }

    public static Task<T> Read<T>(HttpContext http, JsonTypeInfo<T> type) => Read(http.Request.Body, type, http.RequestAborted);

    public static async Task<T> Read<T>(Stream body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(body, type, cancellation)
                ?? throw new ApplianceException(ErrorKind.InvalidArgument, "The request is empty.");
        }
        catch (JsonException cause)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"The request is not understood: {cause.Message}", cause);
        }
    }
}
