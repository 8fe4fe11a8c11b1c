using Appliance.Core.Ids;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Sidecars;
using Appliance.Gateways.Calls;
using Appliance.Protos.CommandRouter;
using Grpc.Core;

namespace Appliance.Gateways.CommandRouter;

/// <summary>What containers mount, while they run (contracts/sandbox.md §2, §3).</summary>
public sealed class TaskVolumeService(TaskProcesses processes, SidecarDesk sidecars, SandboxVolumes volumes) : TaskCommandRouter.TaskCommandRouterBase
{
    public override async Task<TaskReloadVolumesResponse> TaskReloadVolumes(TaskReloadVolumesRequest request, ServerCallContext context)
    {
        TaskId task = context.GetTask(request.TaskId);
        await processes.GetContainerAsync(task, context.CancellationToken);
        string container = request.ContainerId.Length == 0 || request.ContainerId == task.Text ? task.Text : sidecars.Get(task, request.ContainerId).Id.Text;
        await volumes.ReloadAsync(container, context.CancellationToken);
        return new TaskReloadVolumesResponse();
    }
}
