using Appliance.Admin.Health;
using Appliance.Admin.Reflection;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Fn;
using Appliance.Gateways.Jina;
using Appliance.Gateways.Kubeflow;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Appliance.Hosting.Server;

/// <summary>All gRPC services, behind the interceptors that every call passes.</summary>
public static class GrpcDoor
{
    /// <summary>What the clients themselves take as the limit (contracts/modal.md §1).</summary>
    private const int MessageBytesMax = 100 * 1024 * 1024;

    public static void AddServices(IServiceCollection services, ServerParts parts, TimeProvider clock)
    {
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MessageBytesMax;
            options.MaxSendMessageSize = MessageBytesMax;
            options.Interceptors.Add<ObservingInterceptor>();
            options.Interceptors.Add<IdentityInterceptor>();
        }).AddUnlimitedMessages();
        services.AddSingleton(clock);
        services.AddSingleton(parts.Calls);
        services.AddSingleton(parts.Tokens);
        services.AddSingleton(parts.WebTokens);
        services.AddSingleton(parts.Work.TaskTokens);
        services.AddSingleton(parts.Work.Supervisor);
        services.AddSingleton<ObservingInterceptor>();
        services.AddSingleton<IdentityInterceptor>();
    }

    public static void Map(IEndpointRouteBuilder routes, ServerParts parts)
    {
        GatewayService[] services = [.. Services(parts)];
        foreach (GatewayService service in (IEnumerable<GatewayService>)[.. services, .. StandardServices(services, parts)])
        {
            if (service.HasMessageLimit)
            {
                routes.MapGrpcService(service.Definition);
            }
            else
            {
                routes.MapUnlimitedMessages(service.Definition);
            }
        }
    }

    /// <summary>The front doors (design, section 1).</summary>
    private static IEnumerable<GatewayService> Services(ServerParts parts) =>
    [
        ModalDoor.Compose(parts),
        CommandRouterDoor.Compose(parts.Work),
        RunnerService.Compose(),
        .. JinaServices.Compose(),
        .. KubeflowServices.Compose(),
    ];

    /// <summary>Services about the services: health, and reflection in both its versions.</summary>
    private static IEnumerable<GatewayService> StandardServices(GatewayService[] services, ServerParts parts)
    {
        var health = new HealthService(parts.Readiness, new ServedServices(services.Select(service => service.Name)));
        GatewayService healthService = new("grpc.health.v1.Health", Health.BindService(health), () => HealthReflection.Descriptor);
        var index = new Lazy<DescriptorIndex>(() => new DescriptorIndex([.. services, healthService]));
        var reflection = new ReflectionService(index);
        return
        [
            healthService,
            new(ReflectionService.Version1, reflection.Bind(ReflectionService.Version1), () => Grpc.Reflection.V1.ReflectionReflection.Descriptor),
            new(ReflectionService.Version1Alpha, reflection.Bind(ReflectionService.Version1Alpha), () => Grpc.Reflection.V1Alpha.ReflectionReflection.Descriptor),
        ];
    }
}
