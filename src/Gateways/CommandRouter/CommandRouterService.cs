using Appliance.Gateways.Calls;
using Appliance.Protos.CommandRouter;

namespace Appliance.Gateways.CommandRouter;

/// <summary>Commands inside of running containers, as one service.</summary>
public static class CommandRouterService
{
    /// <summary>What the groups of methods are added to, each a class that overrides what it is about.</summary>
    public static ServiceComposition<TaskCommandRouter.TaskCommandRouterBase> Begin() => new(TaskCommandRouter.BindService);

    public static GatewayService Compose(ServiceComposition<TaskCommandRouter.TaskCommandRouterBase> groups) =>
        new("modal.task_command_router.TaskCommandRouter", groups.Build(), () => TaskCommandRouterReflection.Descriptor);
}
