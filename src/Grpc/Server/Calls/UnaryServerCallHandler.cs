using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One request, one response. The request stream need not be closed for the handler to start.</summary>
internal sealed class UnaryServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    GrpcServiceOptions options,
    ILogger logger,
    UnaryServerMethod<TRequest, TResponse> handler) : MethodCallHandler<TRequest, TResponse>(method, options, logger)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall<TRequest, TResponse> call)
    {
        TRequest request = await call.ReadOneAsync().ConfigureAwait(false);
        TResponse response = await handler(request, call.Context).ConfigureAwait(false);
        await call.TryEndOneAsync(response).ConfigureAwait(false);
    }
}
