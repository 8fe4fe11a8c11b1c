using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Collects the methods of a service, each handler behind the interceptors.</summary>
internal sealed class CallHandlerBinder : ServiceBinderBase
{
    private readonly List<(IMethod Method, ServerCallHandler Handler)> bound = [];
    private readonly GrpcServiceOptions options;
    private readonly ILogger logger;

    // From the innermost to the outermost, which is the order in which they are wrapped.
    private readonly Interceptor[] interceptors;

    public CallHandlerBinder(GrpcServiceOptions options, IServiceProvider services)
    {
        this.options = options;
        logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc");
        interceptors = [.. options.Interceptors.Select(registration => registration.Create(services)).Reverse()];
    }

    public IReadOnlyList<(IMethod Method, ServerCallHandler Handler)> Bound => bound;

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        foreach (Interceptor interceptor in interceptors)
        {
            UnaryServerMethod<TRequest, TResponse> next = handler!;
            handler = (request, context) => interceptor.UnaryServerHandler(request, context, next);
        }

        bound.Add((method, new UnaryServerCallHandler<TRequest, TResponse>(method, options, logger, handler!)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        foreach (Interceptor interceptor in interceptors)
        {
            ClientStreamingServerMethod<TRequest, TResponse> next = handler!;
            handler = (requests, context) => interceptor.ClientStreamingServerHandler(requests, context, next);
        }

        bound.Add((method, new ClientStreamingServerCallHandler<TRequest, TResponse>(method, options, logger, handler!)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        foreach (Interceptor interceptor in interceptors)
        {
            ServerStreamingServerMethod<TRequest, TResponse> next = handler!;
            handler = (request, responses, context) => interceptor.ServerStreamingServerHandler(request, responses, context, next);
        }

        bound.Add((method, new ServerStreamingServerCallHandler<TRequest, TResponse>(method, options, logger, handler!)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        foreach (Interceptor interceptor in interceptors)
        {
            DuplexStreamingServerMethod<TRequest, TResponse> next = handler!;
            handler = (requests, responses, context) => interceptor.DuplexStreamingServerHandler(requests, responses, context, next);
        }

        bound.Add((method, new DuplexStreamingServerCallHandler<TRequest, TResponse>(method, options, logger, handler!)));
    }
}
