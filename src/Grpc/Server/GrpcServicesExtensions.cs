using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Binding;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds gRPC to a server.</summary>
public static class GrpcServicesExtensions
{
    public static IGrpcServerBuilder AddGrpc(this IServiceCollection services) => services.AddGrpc(_ => { });

    public static IGrpcServerBuilder AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions> configureOptions)
    {
        services.AddRouting();
        services.Configure(configureOptions);
        services.TryAddSingleton<ServiceMethods>();
        return new GrpcServerBuilder(services);
    }

    /// <summary>Changes the limits and habits of one service, starting from those of all.</summary>
    public static IGrpcServerBuilder AddServiceOptions<TService>(
        this IGrpcServerBuilder grpcBuilder, Action<GrpcServiceOptions<TService>> configure)
        where TService : class
    {
        grpcBuilder.Services.AddSingleton<IConfigureOptions<GrpcServiceOptions<TService>>>(services =>
            new ConfigureOptions<GrpcServiceOptions<TService>>(options =>
            {
                services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value.CopyTo(options);
                configure(options);
            }));
        return grpcBuilder;
    }

    private sealed class GrpcServerBuilder(IServiceCollection services) : IGrpcServerBuilder
    {
        public IServiceCollection Services => services;
    }
}
