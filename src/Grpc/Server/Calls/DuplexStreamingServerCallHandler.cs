using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Requests and responses in any order.</summary>
internal sealed class DuplexStreamingServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    GrpcServiceOptions options,
    ILogger logger,
    DuplexStreamingServerMethod<TRequest, TResponse> handler) : MethodCallHandler<TRequest, TResponse>(method, options, logger)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall<TRequest, TResponse> call)
    {
        await handler(
            new RequestStream<TRequest, TResponse>(call),
            new ResponseStream<TRequest, TResponse>(call),
            call.Context).ConfigureAwait(false);
        await call.TryEndAsync(call.Context.Status, Metadata.Empty).ConfigureAwait(false);
    }
}
