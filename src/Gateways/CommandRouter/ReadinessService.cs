using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Protos.CommandRouter;
using Grpc.Core;

namespace Appliance.Gateways.CommandRouter;

/// <summary>Waiting for a sandbox to be ready (contracts/sandbox.md §2).</summary>
public sealed class ReadinessService(SandboxReadiness readiness) : TaskCommandRouter.TaskCommandRouterBase
{
    public override async Task<SandboxWaitUntilReadyTcrResponse> SandboxWaitUntilReady(
        SandboxWaitUntilReadyTcrRequest request, ServerCallContext context)
    {
        DateTimeOffset readyAt = await readiness.WaitAsync(
            context.GetTask(request.TaskId), TimeSpan.FromSeconds(Math.Clamp(request.Timeout, 0, int.MaxValue / 1000)), context.CancellationToken);
        return new SandboxWaitUntilReadyTcrResponse { ReadyAt = readyAt.ToUnixTimeMilliseconds() / 1000.0 };
    }
}
