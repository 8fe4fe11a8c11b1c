using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Every method that is served, and the answer to calls of all others, which names what they asked for.</summary>
internal sealed class ServiceMethods
{
    private readonly HashSet<string> methods = new(StringComparer.Ordinal);
    private readonly HashSet<string> services = new(StringComparer.Ordinal);
    private readonly HashSet<IEndpointRouteBuilder> withFallback = [];

    /// <summary>Gives each method a route of its own, which is matched faster than one with parameters for all.</summary>
    public IEndpointConventionBuilder Map(
        IEndpointRouteBuilder builder, IEnumerable<(IMethod Method, ServerCallHandler Handler)> bound)
    {
        if (withFallback.Add(builder))
        {
            builder.Map("/{service}/{method}", RefuseUnknown);
        }

        return new MethodRoutes([.. bound.Select(entry => Map(builder, entry.Method, entry.Handler))]);
    }

    private IEndpointConventionBuilder Map(IEndpointRouteBuilder builder, IMethod method, ServerCallHandler handler)
    {
        string path = method.FullName;
        services.Add(method.ServiceName);
        if (!methods.Add(path))
        {
            throw new InvalidOperationException($"Method '{path}' is served twice.");
        }

        // Routes take upper and lower case for the same; methods do not.
        return builder.Map(path, http => http.Request.Path.Value == path ? handler.HandleAsync(http) : RefuseUnknown(http));
    }

    private Task RefuseUnknown(HttpContext http)
    {
        if (!WireNames.IsGrpcContentType(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        string path = http.Request.Path.Value!;
        string service = path[1..path.IndexOf('/', 1)];
        string detail = services.Contains(service)
            ? $"Method '{path[1..]}' is not known to this server."
            : $"Service '{service}' is not known to this server; method '{path[1..]}' cannot be called.";
        StatusTrailers.WriteTrailersOnly(http.Response, new Status(StatusCode.Unimplemented, detail), []);
        return Task.CompletedTask;
    }
}
