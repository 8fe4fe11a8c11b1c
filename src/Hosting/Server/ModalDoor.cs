using Appliance.Engine.Access;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal;
using Appliance.Gateways.Modal.Apps;
using Appliance.Gateways.Modal.Blobs;
using Appliance.Gateways.Modal.Calls;
using Appliance.Gateways.Modal.Clusters;
using Appliance.Gateways.Modal.Containers;
using Appliance.Gateways.Modal.Dicts;
using Appliance.Gateways.Modal.Environments;
using Appliance.Gateways.Modal.Functions;
using Appliance.Gateways.Modal.Identity;
using Appliance.Gateways.Modal.Images;
using Appliance.Gateways.Modal.Mounts;
using Appliance.Gateways.Modal.NetworkFileSystems;
using Appliance.Gateways.Modal.Proxies;
using Appliance.Gateways.Modal.Queues;
using Appliance.Gateways.Modal.Sandboxes;
using Appliance.Gateways.Modal.Secrets;
using Appliance.Gateways.Modal.Volumes;
using Appliance.Gateways.Modal.Web;
using Appliance.Gateways.Modal.Workspaces;

namespace Appliance.Hosting.Server;

/// <summary>The groups of the Modal protocol's methods. A new one is one more line here.</summary>
internal static class ModalDoor
{
    public static GatewayService Compose(ServerParts parts)
    {
        StorageParts storage = parts.Storage;
        WorkParts work = parts.Work;
        var links = new CommandRouterLinks(work.TaskTokens);
        var web = new WebNames(parts.Workspace, parts.PublicAddress);
        return ModalService.Compose(ModalService.Begin()
            .Add(new ClientService(parts.Workspace, parts.Tokens, parts.WebTokens, parts.TokenFlows))
            .Add(new TokenFlowService(parts.TokenFlows, parts.Workspace, parts.PublicAddress, parts.Drain))
            .Add(new EnvironmentService(parts.Store, parts.Environments, parts.Storage.Reaper))
            .Add(new SecretService(parts.Store, storage.Secrets))
            .Add(new QueueService(parts.Store, storage.Values, storage.QueueWaiters, parts.Drain, parts.Clock))
            .Add(new DictService(parts.Store, storage.Values, storage.DictUses, parts.Clock))
            .Add(new ProxyService(parts.Store))
            .Add(new WorkspaceService(parts.Store, parts.Workspace, parts.PublicAddress))
            .Add(new BillingService(parts.Store, parts.Clock))
            .Add(new ProxyTokenService(parts.Store))
            .Add(new WebPassService(parts.Store, parts.WebAccess))
            .Add(new DomainService(parts.Store, parts.PublicAddress, name => parts.HttpCertificates?.Covers(name) == true))
            .Add(new BlobService(parts.Store, storage.Blobs, parts.BlobLinks, parts.PublicAddress))
            .Add(new NetworkFileSystemService(parts.Store))
            .Add(new NetworkFileService(
                parts.Store, storage.Contents, storage.Blobs, storage.VersionPins, storage.VolumeCommitter))
            .Add(new MountService(parts.Store, storage.Contents, storage.Blobs))
            .Add(new ImageService(parts.Store, storage.Images))
            .Add(new ImageNameService(parts.Store))
            .Add(new ImageBuildService(parts.Store, storage.Images, parts.ImageBuilds, parts.Drain, parts.Clock))
            .Add(new VolumeService(parts.Store))
            .Add(new VolumeUploadService(parts.Store, storage.VolumeCommitter, storage.Contents, parts.BlockLinks, parts.PublicAddress))
            .Add(new VolumeFileService(parts.Store, storage.VersionPins, storage.Contents, parts.BlockLinks, parts.PublicAddress))
            .Add(new VolumeChangeService(parts.Store, storage.VolumeCommitter, work.Volumes))
            .Add(new AppService(parts.Store))
            .Add(new AppInfoService(parts.Store))
            .Add(new AppRunService(parts.Store, work.Functions.Apps, parts.PublicAddress))
            .Add(new AppDeployService(parts.Store, work.Functions.Pools, work.Functions.Schedules, web, parts.PublicAddress))
            .Add(new AppLogService(parts.Store, work.Functions.Apps, work.Functions.Logs, parts.Drain))
            .Add(new FunctionService(parts.Store, work.Functions.Pools, work.Resources, web))
            .Add(new CallService(parts.Store, work.Functions.Calls, parts.Drain))
            .Add(new CallGraphService(parts.Store))
            .Add(new TunnelService(work.Tunnels, work.Functions.Servers, parts.PublicAddress))
            .Add(new ServerService(parts.Store, work.Functions.Servers, work.Functions.Pools, work.Tunnels, parts.PublicAddress))
            .Add(new ContainerService(parts.Store, work.Functions.Pools, work.Functions.Calls, work.Functions.Direct, work.Functions.Snapshots, parts.Drain))
            .Add(new ClusterService(parts.Store, work.Functions.Pools, parts.Drain))
            .Add(new SandboxCreateService(parts.Store, work.SandboxCreation, work.Supervisor, links))
            .Add(new SandboxLifeService(work.Sandboxes, work.Supervisor, links, parts.Drain))
            .Add(new SandboxTunnelService(work.Sandboxes, work.Supervisor, work.Tunnels, parts.Drain))
            .Add(new SandboxConnectService(work.Sandboxes, work.Supervisor, parts.ConnectTokens, parts.PublicAddress))
            .Add(new SandboxReadyService(work.Sandboxes, work.Readiness))
            .Add(new SidecarCreateService(work.Sandboxes, work.Processes, work.Sidecars))
            .Add(new SandboxListService(work.Sandboxes))
            .Add(new ShellService(work.Functions.Logs))
            .Add(new ContainerExecService(work.Sandboxes, work.Execs, work.Processes, parts.Drain))
            .Add(new ContainerFileService(work.Sandboxes, work.Files, work.Processes, parts.Drain, parts.Clock))
            .Add(new SandboxUsageService(work.Sandboxes, work.Containers, work.Sidecars, parts.Clock))
            .Add(new TaskService(parts.Store, work.Sandboxes, work.Supervisor, work.Functions.Pools))
            .Add(new SandboxSnapshotService(
                work.Sandboxes, work.Supervisor, work.Snapshots, work.ExitSnapshots, storage.Images, parts.Drain))
            .Add(new SandboxMemoryService(work.Sandboxes, work.MemorySnapshots, parts.Drain))
            .Add(new SandboxRestoreService(parts.Store, work.Restores, work.Supervisor, links))
            .Add(new SandboxStreamService(work.Sandboxes, work.Processes, work.Inputs, parts.Drain)));
    }
}
