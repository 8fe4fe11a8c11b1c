using System.Collections.Concurrent;
using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>
/// Every method that is served, by path. One route covers them all: hundreds of routes would cost start-up time
/// and a slower match, and a path without a handler still gets an answer that names it.
/// </summary>
internal sealed class ServiceMethods
{
    private readonly ConcurrentDictionary<string, ServerCallHandler> handlers = new(StringComparer.Ordinal);
    private readonly HashSet<string> services = [];
    private IEndpointConventionBuilder? route;

    public void Add(IMethod method, ServerCallHandler handler)
    {
        services.Add(method.ServiceName);
        if (!handlers.TryAdd(method.FullName, handler))
        {
            throw new InvalidOperationException($"Method '{method.FullName}' is served twice.");
        }
    }

    public IEndpointConventionBuilder EnsureMapped(IEndpointRouteBuilder builder) =>
        route ??= builder.Map("/{service}/{method}", HandleAsync);

    private Task HandleAsync(HttpContext http)
    {
        string path = http.Request.Path.Value!;
        return handlers.TryGetValue(path, out ServerCallHandler? handler) ? handler.HandleAsync(http) : RefuseUnknown(http, path);
    }

    private Task RefuseUnknown(HttpContext http, string path)
    {
        if (!WireNames.IsGrpcContentType(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        string service = path[1..path.IndexOf('/', 1)];
        string detail = services.Contains(service)
            ? $"Method '{path[1..]}' is not known to this server."
            : $"Service '{service}' is not known to this server; method '{path[1..]}' cannot be called.";
        StatusTrailers.WriteTrailersOnly(http.Response, new Status(StatusCode.Unimplemented, detail), []);
        return Task.CompletedTask;
    }
}
