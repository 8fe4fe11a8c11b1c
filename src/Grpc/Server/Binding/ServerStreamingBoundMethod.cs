using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>A method of the kind "one request, many responses".</summary>
internal sealed class ServerStreamingBoundMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler) : BoundMethod(method)
    where TRequest : class
    where TResponse : class
{
    public override void AddTo(ServiceBinderBase binder) => binder.AddMethod(method, handler);

    public override ServerCallHandler CreateHandler(HandlerSetup setup)
    {
        ServerStreamingServerMethod<TRequest, TResponse> wrapped = handler;
        foreach (Interceptor interceptor in setup.Interceptors)
        {
            ServerStreamingServerMethod<TRequest, TResponse> next = wrapped;
            wrapped = (request, responses, context) => interceptor.ServerStreamingServerHandler(request, responses, context, next);
        }

        return new ServerStreamingServerCallHandler<TRequest, TResponse>(method, setup, wrapped);
    }

    public override BoundMethod Refusing(Func<IMethod, Exception> refusal) =>
        new ServerStreamingBoundMethod<TRequest, TResponse>(method, (_, _, _) => throw refusal(method));
}
