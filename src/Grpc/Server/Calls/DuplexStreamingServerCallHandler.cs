using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Requests and responses in any order.</summary>
internal sealed class DuplexStreamingServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, HandlerSetup setup, DuplexStreamingServerMethod<TRequest, TResponse> handler)
    : MethodCallHandler(method, new MethodMarshallers(method.RequestMarshaller, method.ResponseMarshaller), setup)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall call)
    {
        await handler(new RequestStream<TRequest>(call), new ResponseStream<TResponse>(call), call.Context).ConfigureAwait(false);
        await call.TryEndAsync(call.Context.Status, Metadata.Empty).ConfigureAwait(false);
    }
}
