using Grpc.AspNetCore.Server.Binding;

namespace Grpc.Core;

/// <summary>The methods of a service with their handlers, ready to be bound anywhere.</summary>
public class ServerServiceDefinition
{
    internal ServerServiceDefinition(IReadOnlyList<BoundMethod> methods) => Methods = methods;

    internal IReadOnlyList<BoundMethod> Methods { get; }

    public static Builder CreateBuilder() => new();

    public void BindService(ServiceBinderBase serviceBinder)
    {
        foreach (BoundMethod method in Methods)
        {
            method.AddTo(serviceBinder);
        }
    }

    /// <summary>Collects methods; a name added twice is refused.</summary>
    public class Builder
    {
        private readonly HashSet<string> names = [];
        private readonly List<BoundMethod> methods = [];

        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => Add(new UnaryBoundMethod<TRequest, TResponse>(method, handler));

        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => Add(new ClientStreamingBoundMethod<TRequest, TResponse>(method, handler));

        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => Add(new ServerStreamingBoundMethod<TRequest, TResponse>(method, handler));

        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => Add(new DuplexStreamingBoundMethod<TRequest, TResponse>(method, handler));

        public ServerServiceDefinition Build() => new([.. methods]);

        private Builder Add(BoundMethod bound)
        {
            if (!names.Add(bound.Method.FullName))
            {
                throw new ArgumentException($"Method '{bound.Method.FullName}' was added before.");
            }

            methods.Add(bound);
            return this;
        }
    }
}
