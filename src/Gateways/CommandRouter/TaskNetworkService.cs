using Appliance.Core.Errors;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Protos.CommandRouter;
using Grpc.Core;

namespace Appliance.Gateways.CommandRouter;

/// <summary>What containers may reach, while they run (contracts/sandbox.md §2, §3).</summary>
public sealed class TaskNetworkService(SandboxPolicies policies) : TaskCommandRouter.TaskCommandRouterBase
{
    public override async Task<TaskSetNetworkAccessResponse> TaskSetNetworkAccess(TaskSetNetworkAccessRequest request, ServerCallContext context)
    {
        if (request.NetworkAccess is not { } access)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "A change of network access says what may be reached.");
        }

        await policies.SetAsync(context.GetTask(request.TaskId), ContainerWords.ToNetwork(access), context.CancellationToken);
        return new TaskSetNetworkAccessResponse();
    }

    public override Task<TaskSetExperimentalOutboundPolicyResponse> TaskSetOutboundPolicy(
        TaskSetExperimentalOutboundPolicyRequest request, ServerCallContext context) => throw new ApplianceException(
        ErrorKind.Unimplemented, "TaskSetOutboundPolicy is not offered by this appliance: use the sandbox's network access instead.");
}
