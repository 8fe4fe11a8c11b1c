using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, HandlerSetup setup, ServerStreamingServerMethod<TRequest, TResponse> handler)
    : MethodCallHandler(method, new MethodMarshallers(method.RequestMarshaller, method.ResponseMarshaller), setup)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall call)
    {
        var request = (TRequest)await call.ReadOneAsync().ConfigureAwait(false);
        await handler(request, new ResponseStream<TResponse>(call), call.Context).ConfigureAwait(false);
        await call.TryEndAsync(call.Context.Status, Metadata.Empty).ConfigureAwait(false);
    }
}
