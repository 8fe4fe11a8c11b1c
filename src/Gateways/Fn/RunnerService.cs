using Appliance.Gateways.Calls;
using Appliance.Protos.Fn;

namespace Appliance.Gateways.Fn;

/// <summary>What an Fn load balancer calls: this machine as a pure runner.</summary>
public static class RunnerService
{
    public static GatewayService Compose() => GatewayService.Unbuilt<RunnerProtocol.RunnerProtocolBase, UnbuiltRunnerProtocol>(
        "RunnerProtocol", RunnerProtocol.BindService, () => RunnerReflection.Descriptor);

    private sealed class UnbuiltRunnerProtocol : RunnerProtocol.RunnerProtocolBase;
}
