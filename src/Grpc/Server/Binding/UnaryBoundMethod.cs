using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>A method of the kind "one request, one response".</summary>
internal sealed class UnaryBoundMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler) : BoundMethod(method)
    where TRequest : class
    where TResponse : class
{
    public override void AddTo(ServiceBinderBase binder) => binder.AddMethod(method, handler);

    public override ServerCallHandler CreateHandler(HandlerSetup setup)
    {
        UnaryServerMethod<TRequest, TResponse> wrapped = handler;
        foreach (Interceptor interceptor in setup.Interceptors)
        {
            UnaryServerMethod<TRequest, TResponse> next = wrapped;
            wrapped = (request, context) => interceptor.UnaryServerHandler(request, context, next);
        }

        return new UnaryServerCallHandler<TRequest, TResponse>(method, setup, wrapped);
    }

    public override BoundMethod Refusing(Func<IMethod, Exception> refusal) =>
        new UnaryBoundMethod<TRequest, TResponse>(method, (_, _) => throw refusal(method));
}
