using System.Diagnostics.CodeAnalysis;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Makes services reachable.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    private const DynamicallyAccessedMemberTypes ServiceMembers =
        DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods;

    /// <summary>Serves a class that derives from a generated base. One instance serves all calls.</summary>
    public static IEndpointConventionBuilder MapGrpcService<[DynamicallyAccessedMembers(ServiceMembers)] TService>(
        this IEndpointRouteBuilder builder)
        where TService : class
    {
        IServiceProvider services = builder.ServiceProvider;
        TService service = services.GetService<TService>() ?? ActivatorUtilities.CreateInstance<TService>(services);
        var collector = new DefinitionCollector();
        ServiceBinding.Bind(service, collector);
        return Map(builder, OptionsOf<TService>(services), collector.Build());
    }

    /// <summary>Serves methods that were collected from anywhere.</summary>
    public static IEndpointConventionBuilder MapGrpcService(
        this IEndpointRouteBuilder builder, ServerServiceDefinition serviceDefinition) =>
        Map(builder, builder.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value, serviceDefinition);

    /// <summary>
    /// Serves methods that were collected from anywhere, with the options that
    /// <see cref="GrpcServicesExtensions.AddServiceOptions"/> was given for <typeparamref name="TOptions"/>.
    /// </summary>
    public static IEndpointConventionBuilder MapGrpcService<TOptions>(
        this IEndpointRouteBuilder builder, ServerServiceDefinition serviceDefinition)
        where TOptions : class =>
        Map(builder, OptionsOf<TOptions>(builder.ServiceProvider), serviceDefinition);

    private static GrpcServiceOptions OptionsOf<TService>(IServiceProvider services)
        where TService : class =>
        services.GetServices<IConfigureOptions<GrpcServiceOptions<TService>>>().Any()
            ? services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value
            : services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;

    private static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder builder, GrpcServiceOptions options, ServerServiceDefinition definition)
    {
        IServiceProvider services = builder.ServiceProvider;
        var setup = new HandlerSetup(options, services);
        return services.GetRequiredService<ServiceMethods>()
            .Map(builder, definition.Methods.Select(bound => (bound.Method, bound.CreateHandler(setup))));
    }
}
