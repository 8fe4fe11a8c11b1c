using Appliance.Gateways.Calls;
using Appliance.Gateways.CommandRouter;

namespace Appliance.Hosting.Server;

/// <summary>The groups of the command router's methods.</summary>
internal static class CommandRouterDoor
{
    public static GatewayService Compose(WorkParts work) => CommandRouterService.Compose(CommandRouterService.Begin()
        .Add(new ExecService(work.Execs, work.Processes))
        .Add(new ExecInputService(work.Processes))
        .Add(new SandboxStdioService(work.Processes, work.Inputs))
        .Add(new TaskVolumeService(work.Processes, work.Sidecars, work.Volumes))
        .Add(new TaskNetworkService(work.Policies))
        .Add(new ReadinessService(work.Readiness))
        .Add(new SidecarService(work.Processes, work.Sidecars))
        .Add(new TaskSnapshotService(work.Snapshots, work.DirectorySnapshots, work.MemorySnapshots))
        .Add(new TaskMountService(work.Processes, work.Mounts)));
}
