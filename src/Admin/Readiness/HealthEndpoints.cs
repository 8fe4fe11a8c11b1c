using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Admin.Readiness;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can work, or the reasons why not.</summary>
public static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, ReadinessState readiness)
    {
        routes.MapGet("/healthz", (RequestDelegate)(http => http.Response.WriteAsync("ok\n")));
        routes.MapGet("/readyz", (RequestDelegate)(http =>
        {
            var answer = new ReadinessAnswer(readiness.IsReady, readiness.Reasons);
            http.Response.StatusCode = answer.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            http.Response.ContentType = "application/json";
            return JsonSerializer.SerializeAsync(http.Response.Body, answer, ReadinessJson.Default.ReadinessAnswer, http.RequestAborted);
        }));
    }
}

/// <summary>What <c>/readyz</c> answers.</summary>
public sealed record ReadinessAnswer(bool Ready, IReadOnlyList<string> Reasons);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadinessAnswer))]
internal sealed partial class ReadinessJson : JsonSerializerContext;
