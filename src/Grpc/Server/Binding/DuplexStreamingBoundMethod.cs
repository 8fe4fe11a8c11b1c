using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>A method of the kind "many requests, many responses".</summary>
internal sealed class DuplexStreamingBoundMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler) : BoundMethod(method)
    where TRequest : class
    where TResponse : class
{
    public override void AddTo(ServiceBinderBase binder) => binder.AddMethod(method, handler);

    public override ServerCallHandler CreateHandler(HandlerSetup setup)
    {
        DuplexStreamingServerMethod<TRequest, TResponse> wrapped = handler;
        foreach (Interceptor interceptor in setup.Interceptors)
        {
            DuplexStreamingServerMethod<TRequest, TResponse> next = wrapped;
            wrapped = (requests, responses, context) => interceptor.DuplexStreamingServerHandler(requests, responses, context, next);
        }

        return new DuplexStreamingServerCallHandler<TRequest, TResponse>(method, setup, wrapped);
    }

    public override BoundMethod Refusing(Func<IMethod, Exception> refusal) =>
        new DuplexStreamingBoundMethod<TRequest, TResponse>(method, (_, _, _) => throw refusal(method));
}
