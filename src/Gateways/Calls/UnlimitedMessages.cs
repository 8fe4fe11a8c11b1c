using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
#if GRPC_ASPNETCORE
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Http;
#endif

namespace Appliance.Gateways.Calls;

/// <summary>Serves definitions whose messages may have any length, beside others that keep the server's limit.</summary>
public static class UnlimitedMessages
{
#if !GRPC_ASPNETCORE
    public static IGrpcServerBuilder AddUnlimitedMessages(this IGrpcServerBuilder grpc) => grpc.AddServiceOptions<Mark>(Lift);

    public static void MapUnlimitedMessages(this IEndpointRouteBuilder routes, ServerServiceDefinition definition) =>
        routes.MapGrpcService<Mark>(definition);
#else
    public static IGrpcServerBuilder AddUnlimitedMessages(this IGrpcServerBuilder grpc)
    {
        grpc.Services.AddSingleton<Provider>();
        grpc.Services.AddSingleton<IServiceMethodProvider<Mark>>(services => services.GetRequiredService<Provider>());
        return grpc.AddServiceOptions<Mark>(Lift);
    }

    public static void MapUnlimitedMessages(this IEndpointRouteBuilder routes, ServerServiceDefinition definition)
    {
        // That package has options for a type only, and asks the type's providers anew each time it is mapped.
        routes.ServiceProvider.GetRequiredService<Provider>().Definition = definition;
        routes.MapGrpcService<Mark>();
    }
#endif

    private static void Lift(GrpcServiceOptions<Mark> options)
    {
        options.MaxReceiveMessageSize = null;
        options.MaxSendMessageSize = null;
    }

    /// <summary>Under this name the options are kept.</summary>
    private sealed class Mark;

#if GRPC_ASPNETCORE
    private sealed class Provider : IServiceMethodProvider<Mark>
    {
        public ServerServiceDefinition? Definition { get; set; }

        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<Mark> context) =>
            Definition!.BindService(new Binder(context));
    }

    private sealed class Binder(ServiceMethodProviderContext<Mark> context) : ServiceBinderBase
    {
        private static readonly object[] Metadata = [new HttpMethodMetadata([HttpMethods.Post])];

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            context.AddUnaryMethod(method, Metadata, (_, request, call) => handler!(request, call));

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
            context.AddClientStreamingMethod(method, Metadata, (_, requests, call) => handler!(requests, call));

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
            context.AddServerStreamingMethod(method, Metadata, (_, request, responses, call) => handler!(request, responses, call));

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
            context.AddDuplexStreamingMethod(method, Metadata, (_, requests, responses, call) => handler!(requests, responses, call));
    }
#endif
}
