using Appliance.Containers.Runtime;
using Appliance.Containers.Usage;
using Appliance.Core.Lifetime;
using Appliance.Engine;
using Appliance.Engine.Access;
using Appliance.Engine.Apps;
using Appliance.Engine.Builds;
using Appliance.Engine.Calls;
using Appliance.Engine.Commands;
using Appliance.Engine.Files;
using Appliance.Engine.Functions;
using Appliance.Engine.Gpus;
using Appliance.Engine.Logs;
using Appliance.Engine.Mounts;
using Appliance.Engine.Packages;
using Appliance.Engine.Pools;
using Appliance.Engine.Resources;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Schedules;
using Appliance.Engine.Sidecars;
using Appliance.Engine.Snapshots;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Engine.Snapshots.Memory;
using Appliance.Gateways.Modal.Functions;
using Appliance.Gpus;
using Appliance.Gpus.Leases;
using Appliance.Hosting.Listeners;
using Appliance.Hosting.Settings;
using Appliance.Identity.WebTokens;
using Appliance.Identity.WorkloadTokens;
using Appliance.Metadata;
using Appliance.Scheduling.Admission;
using Appliance.Volumes.WorkingCopies;
using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Server;

/// <summary>What runs people's code.</summary>
public sealed class WorkParts : IAsyncDisposable
{
    /// <summary>How many shims wait for containers, each with about 10 MB.</summary>
    private const int WarmShims = 2;

    /// <summary>One part of so many of the memory is for the system and the server.</summary>
    private const int SparedShare = 10;

    private WorkParts()
    {
    }

    public required ContainerRuntime Containers { get; init; }

    public required TaskResources Resources { get; init; }

    public required SandboxNetworks Networks { get; init; }

    public required PackageVariables Packages { get; init; }

    public required SandboxVolumes Volumes { get; init; }

    public required SandboxTunnels Tunnels { get; init; }

    public required SandboxHttp Http { get; init; }

    public required SidecarDesk Sidecars { get; init; }

    public required SandboxReadiness Readiness { get; init; }

    public required SandboxPolicies Policies { get; init; }

    public required SandboxDirectory Sandboxes { get; init; }

    public required SandboxCreation SandboxCreation { get; init; }

    public required SandboxSupervisor Supervisor { get; init; }

    public required FunctionParts Functions { get; init; }

    public required FunctionBuild FunctionBuild { get; init; }

    public required TaskProcesses Processes { get; init; }

    public required ExecDesk Execs { get; init; }

    public required FileDesk Files { get; init; }

    public required SandboxInputs Inputs { get; init; }

    public required FilesystemSnapshots Snapshots { get; init; }

    public required DirectorySnapshots DirectorySnapshots { get; init; }

    public required SandboxMounts Mounts { get; init; }

    public required ExitSnapshots ExitSnapshots { get; init; }

    public required MemorySnapshotDesk MemorySnapshots { get; init; }

    public SandboxRestores Restores => new(SandboxCreation, MemorySnapshots.Files);

    public required TaskTokenSigner TaskTokens { get; init; }

    public static async Task<WorkParts> OpenAsync(
        MetadataStore store,
        StorageParts storage,
        ServeSettings settings,
        TunnelDoor door,
        WorkloadTokenSigner workloads,
        GpuMachine machine,
        IFunctionWords words,
        TimeProvider clock,
        ILoggerFactory logs)
    {
        ILogger log = logs.CreateLogger("Containers");
        void Report(Exception failure) => log.LogError(failure, "Work on containers failed in the background.");
        RunDirectory run = RunDirectory.Of(settings.DataDirectory);
        var networks = new SandboxNetworks(run, PackageSocket.PathIn(settings.DataDirectory), log);
        var packages = new PackageVariables(storage.Wheelhouse, networks);
        ContainerRuntime containers = OpenRuntime(settings, run, clock, Report);
        var volumes = new SandboxVolumes(
            new VolumeWorkingCopies(store, storage.Contents, storage.VolumeCommitter, storage.VolumeTrees, clock), store, containers, clock, Report);
        TaskTokenSigner taskTokens = await TaskTokenSigner.OpenAsync(store, clock);
        var outfit = new FunctionOutfit(store, containers, taskTokens) { Words = words };
        var environment = new SandboxEnvironment(store, storage.Secrets, new SandboxIdentity(store, workloads), packages, outfit);
        var tunnels = new SandboxTunnels(networks, store, door, clock);
        var variables = new VariableKeeper(storage.Secrets);
        var layers = new MountLayers(store, storage.VolumeTrees, Path.Combine(settings.DataDirectory, "mounts"), Path.Combine(run.Root, "lookups"));
        var sidecars = new SidecarDesk(
            store, new SidecarLauncher(containers, storage.Images, environment, networks, volumes, layers), variables, Report);
        var images = new SnapshotImages(store, storage.Images);
        var mounts = new SandboxMounts(store, storage.Images, containers);
        var exits = new ExitSnapshots(store, images, storage.Images, containers, Report);
        var resources = new TaskResources(new TaskGpus(new GpuPool(new GpuWatch(machine)), containers), new AdmissionDesk(CapacityOf(settings)));
        var memory = new MemorySnapshots(store, new MemorySnapshotFiles(settings.DataDirectory, store), images, storage.Images, containers, clock, Report);
        var appLogs = new AppLogs(Path.Combine(settings.DataDirectory, "logs"), containers.KeptOutput, clock, Report);
        var connections = new ClosedConnections(networks, clock);
        FunctionSnapshots snapshots = OpenSnapshots(store, outfit, containers, connections, appLogs, settings.DataDirectory, clock, Report);
        var launcher = new SandboxLauncher(containers, storage.Images, environment, networks, volumes, tunnels, mounts, layers, resources, exits, memory, outfit, snapshots);
        var supervisor = new SandboxSupervisor(store, containers, launcher, sidecars, new SandboxProbing(store, networks, clock, Report), clock, Report);
        var processes = new TaskProcesses(supervisor, sidecars, containers);
        var pauses = new SnapshotPauses();
        FunctionParts functions = FunctionParts.Open(store, storage, supervisor, outfit, snapshots, appLogs, resources.Pressure, clock, Report);
        var execs = new ExecDesk(processes, environment, clock);
        return new WorkParts
        {
            Containers = containers,
            Resources = resources,
            Networks = networks,
            Packages = packages,
            Volumes = volumes,
            Tunnels = tunnels,
            Http = new SandboxHttp(networks),
            Sidecars = sidecars,
            Readiness = new SandboxReadiness(store, supervisor),
            Policies = new SandboxPolicies(store, processes, networks),
            Sandboxes = new SandboxDirectory(store),
            SandboxCreation = new SandboxCreation(variables, resources),
            Supervisor = supervisor,
            Functions = functions,
            FunctionBuild = new FunctionBuild(functions.Calls, functions.Pools, supervisor, storage.Images, pauses),
            Processes = processes,
            Execs = execs,
            Files = new FileDesk(new FileTools(execs, processes), supervisor, containers),
            Inputs = new SandboxInputs(processes, clock),
            Snapshots = new FilesystemSnapshots(processes, images, storage.Images, pauses),
            DirectorySnapshots = new DirectorySnapshots(processes, images, storage.Images, pauses, mounts),
            Mounts = mounts,
            ExitSnapshots = exits,
            MemorySnapshots = new MemorySnapshotDesk(store, memory, processes, sidecars, environment, variables, connections, settings.DataDirectory),
            TaskTokens = taskTokens,
        };
    }

    private static FunctionSnapshots OpenSnapshots(
        MetadataStore store, FunctionOutfit outfit, ContainerRuntime containers, ClosedConnections connections, AppLogs logs, string dataDirectory, TimeProvider clock, Action<Exception> report)
    {
        var files = new FunctionSnapshotFiles(dataDirectory, store);
        var maker = new FunctionSnapshotMaker(files, outfit, containers, connections, logs, dataDirectory, clock, report);
        return new FunctionSnapshots(files, maker, outfit, containers, logs, clock);
    }

    private static ContainerRuntime OpenRuntime(ServeSettings settings, RunDirectory run, TimeProvider clock, Action<Exception> report) =>
        new(run, Path.Combine(settings.DataDirectory, TaskDirectory.ParentName), WarmShims, clock, report)
        {
            KeptOutput = (long)settings.LogLimitMiB << 20,
        };

    private static MachineCapacity CapacityOf(ServeSettings settings)
    {
        long memory = OwnMachine.MemoryMiB();
        return new MachineCapacity(OwnMachine.Cores, settings.ContainerMemoryMiB ?? memory - memory / SparedShare, settings.CpuOvercommit);
    }

    public async ValueTask DisposeAsync()
    {
        await Functions.DisposeAsync();
        await Supervisor.DisposeAsync();
        await Tunnels.DisposeAsync();
        Http.Dispose();
        await Volumes.DisposeAsync();
        await Containers.DisposeAsync();
        await Networks.DisposeAsync();
    }
}
