using Appliance.Gateways.Calls;
using Appliance.Protos.CommandRouter;

namespace Appliance.Gateways.CommandRouter;

/// <summary>Commands inside of running containers.</summary>
public static class CommandRouterService
{
    public static GatewayService Compose() => GatewayService.Unbuilt<TaskCommandRouter.TaskCommandRouterBase, UnbuiltTaskCommandRouter>(
        "modal.task_command_router.TaskCommandRouter",
        TaskCommandRouter.BindService,
        () => TaskCommandRouterReflection.Descriptor);

    private sealed class UnbuiltTaskCommandRouter : TaskCommandRouter.TaskCommandRouterBase;
}
