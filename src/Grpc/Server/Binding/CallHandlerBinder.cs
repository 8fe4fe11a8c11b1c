using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Puts each handler behind the interceptors and registers it under its path.</summary>
internal sealed class CallHandlerBinder : ServiceBinderBase
{
    private readonly ServiceMethods methods;
    private readonly GrpcServiceOptions options;
    private readonly ILogger logger;

    // From the innermost to the outermost, which is the order in which they are wrapped.
    private readonly Interceptor[] interceptors;

    public CallHandlerBinder(ServiceMethods methods, GrpcServiceOptions options, IServiceProvider services)
    {
        this.methods = methods;
        this.options = options;
        logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc");
        interceptors = [.. options.Interceptors.Select(registration => registration.Create(services)).Reverse()];
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        foreach (Interceptor interceptor in interceptors)
        {
            UnaryServerMethod<TRequest, TResponse> next = handler!;
            handler = (request, context) => interceptor.UnaryServerHandler(request, context, next);
        }

        methods.Add(method, new UnaryServerCallHandler<TRequest, TResponse>(method, options, logger, handler!));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        foreach (Interceptor interceptor in interceptors)
        {
            ClientStreamingServerMethod<TRequest, TResponse> next = handler!;
            handler = (requests, context) => interceptor.ClientStreamingServerHandler(requests, context, next);
        }

        methods.Add(method, new ClientStreamingServerCallHandler<TRequest, TResponse>(method, options, logger, handler!));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        foreach (Interceptor interceptor in interceptors)
        {
            ServerStreamingServerMethod<TRequest, TResponse> next = handler!;
            handler = (request, responses, context) => interceptor.ServerStreamingServerHandler(request, responses, context, next);
        }

        methods.Add(method, new ServerStreamingServerCallHandler<TRequest, TResponse>(method, options, logger, handler!));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        foreach (Interceptor interceptor in interceptors)
        {
            DuplexStreamingServerMethod<TRequest, TResponse> next = handler!;
            handler = (requests, responses, context) => interceptor.DuplexStreamingServerHandler(requests, responses, context, next);
        }

        methods.Add(method, new DuplexStreamingServerCallHandler<TRequest, TResponse>(method, options, logger, handler!));
    }
}
