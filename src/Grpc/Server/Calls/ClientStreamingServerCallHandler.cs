using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Many requests, one response.</summary>
internal sealed class ClientStreamingServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    GrpcServiceOptions options,
    ILogger logger,
    ClientStreamingServerMethod<TRequest, TResponse> handler) : MethodCallHandler<TRequest, TResponse>(method, options, logger)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall<TRequest, TResponse> call)
    {
        TResponse response = await handler(new RequestStream<TRequest, TResponse>(call), call.Context).ConfigureAwait(false);
        await call.TryEndAsync(response).ConfigureAwait(false);
    }
}
