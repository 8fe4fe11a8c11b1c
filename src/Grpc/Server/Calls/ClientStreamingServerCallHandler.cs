using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Many requests, one response.</summary>
internal sealed class ClientStreamingServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, HandlerSetup setup, ClientStreamingServerMethod<TRequest, TResponse> handler)
    : MethodCallHandler(method, new MethodMarshallers(method.RequestMarshaller, method.ResponseMarshaller), setup)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall call)
    {
        TResponse response = await handler(new RequestStream<TRequest>(call), call.Context).ConfigureAwait(false);
        await call.TryEndAsync(response).ConfigureAwait(false);
    }
}
