using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Admin.Metrics;

/// <summary><c>/metrics</c> for Prometheus.</summary>
public static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes, MetricsCollector metrics) =>
        routes.MapGet("/metrics", (RequestDelegate)(http =>
        {
            http.Response.ContentType = MetricsPage.ContentType;
            return http.Response.WriteAsync(metrics.WritePage(), http.RequestAborted);
        }));
}
