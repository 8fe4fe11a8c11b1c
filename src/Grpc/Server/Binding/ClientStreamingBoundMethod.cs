using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>A method of the kind "many requests, one response".</summary>
internal sealed class ClientStreamingBoundMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler) : BoundMethod(method)
    where TRequest : class
    where TResponse : class
{
    public override void AddTo(ServiceBinderBase binder) => binder.AddMethod(method, handler);

    public override ServerCallHandler CreateHandler(HandlerSetup setup)
    {
        ClientStreamingServerMethod<TRequest, TResponse> wrapped = handler;
        foreach (Interceptor interceptor in setup.Interceptors)
        {
            ClientStreamingServerMethod<TRequest, TResponse> next = wrapped;
            wrapped = (requests, context) => interceptor.ClientStreamingServerHandler(requests, context, next);
        }

        return new ClientStreamingServerCallHandler<TRequest, TResponse>(method, setup, wrapped);
    }

    public override BoundMethod Refusing(Func<IMethod, Exception> refusal) =>
        new ClientStreamingBoundMethod<TRequest, TResponse>(method, (_, _) => throw refusal(method));
}
