using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    GrpcServiceOptions options,
    ILogger logger,
    ServerStreamingServerMethod<TRequest, TResponse> handler) : MethodCallHandler<TRequest, TResponse>(method, options, logger)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall<TRequest, TResponse> call)
    {
        TRequest request = await call.ReadOneAsync().ConfigureAwait(false);
        await handler(request, new ResponseStream<TRequest, TResponse>(call), call.Context).ConfigureAwait(false);
        await call.TryEndAsync(call.Context.Status, Metadata.Empty).ConfigureAwait(false);
    }
}
