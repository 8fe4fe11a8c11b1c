using Appliance.Containers.Runtime;
using Appliance.Engine;
using Appliance.Engine.Access;
using Appliance.Engine.Apps;
using Appliance.Engine.Calls;
using Appliance.Engine.Commands;
using Appliance.Engine.Functions;
using Appliance.Engine.Gpus;
using Appliance.Engine.Logs;
using Appliance.Engine.Mounts;
using Appliance.Engine.Packages;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Schedules;
using Appliance.Engine.Sidecars;
using Appliance.Engine.Snapshots;
using Appliance.Engine.Snapshots.Memory;
using Appliance.Gateways.Modal.Functions;
using Appliance.Gpus;
using Appliance.Gpus.Leases;
using Appliance.Hosting.Listeners;
using Appliance.Identity.WebTokens;
using Appliance.Identity.WorkloadTokens;
using Appliance.Metadata;
using Appliance.Volumes.WorkingCopies;
using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Server;

/// <summary>What runs people's code.</summary>
public sealed class WorkParts : IAsyncDisposable
{
    /// <summary>How many shims wait for containers, each with about 10 MB.</summary>
    private const int WarmShims = 2;

    private WorkParts()
    {
    }

    public required ContainerRuntime Containers { get; init; }

    public required TaskGpus Gpus { get; init; }

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

    public required FunctionPools Functions { get; init; }

    public required CallDesk Calls { get; init; }

    public required DirectCalls DirectCalls { get; init; }

    public required FunctionSchedules Schedules { get; init; }

    public required AppLogs Logs { get; init; }

    public required AppRuns Apps { get; init; }

    public required TaskProcesses Processes { get; init; }

    public required ExecDesk Execs { get; init; }

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
        string dataDirectory,
        TunnelDoor door,
        WorkloadTokenSigner workloads,
        GpuMachine machine,
        IFunctionWords words,
        TimeProvider clock,
        ILoggerFactory logs)
    {
        ILogger log = logs.CreateLogger("Containers");
        void Report(Exception failure) => log.LogError(failure, "Work on containers failed in the background.");
        RunDirectory run = RunDirectory.Of(dataDirectory);
        var networks = new SandboxNetworks(run, PackageSocket.PathIn(dataDirectory), log);
        var packages = new PackageVariables(storage.Wheelhouse, networks);
        var containers = new ContainerRuntime(run, Path.Combine(dataDirectory, "tasks"), WarmShims, clock, Report);
        var copies = new VolumeWorkingCopies(store, storage.Contents, storage.VolumeCommitter, storage.VolumeTrees, clock);
        var volumes = new SandboxVolumes(copies, store, containers, clock, Report);
        TaskTokenSigner taskTokens = await TaskTokenSigner.OpenAsync(store, clock);
        var outfit = new FunctionOutfit(store, containers, taskTokens) { Words = words };
        var environment = new SandboxEnvironment(store, storage.Secrets, new SandboxIdentity(store, workloads), packages, outfit);
        var tunnels = new SandboxTunnels(networks, store, door, clock);
        var variables = new VariableKeeper(storage.Secrets);
        var sidecars = new SidecarDesk(store, new SidecarLauncher(containers, storage.Images, environment, networks), variables, Report);
        var probing = new SandboxProbing(store, networks, clock, Report);
        var images = new SnapshotImages(store, storage.Images);
        var mounts = new SandboxMounts(store, storage.Images, containers);
        var exits = new ExitSnapshots(store, images, storage.Images, containers, Report);
        var memory = new MemorySnapshots(store, new MemorySnapshotFiles(dataDirectory, store), images, storage.Images, containers, clock, Report);
        var layers = new MountLayers(store, storage.VolumeTrees, Path.Combine(dataDirectory, "mounts"), Path.Combine(run.Root, "lookups"));
        var gpus = new TaskGpus(new GpuPool(new GpuWatch(machine)), containers);
        var launcher = new SandboxLauncher(containers, storage.Images, environment, networks, volumes, tunnels, mounts, layers, gpus, exits, memory, outfit);
        var supervisor = new SandboxSupervisor(store, containers, launcher, sidecars, probing, clock, Report);
        var processes = new TaskProcesses(supervisor, sidecars, containers);
        var pauses = new SnapshotPauses();
        var signals = new CallSignals();
        var direct = new DirectCalls();
        var logBook = new AppLogs(Path.Combine(dataDirectory, "logs"), clock, Report);
        var functions = new FunctionPools(store, supervisor, outfit, signals, direct, logBook, clock, Report);
        var calls = new CallDesk(store, functions, signals, direct, clock);
        return new WorkParts
        {
            Containers = containers,
            Gpus = gpus,
            Networks = networks,
            Packages = packages,
            Volumes = volumes,
            Tunnels = tunnels,
            Http = new SandboxHttp(networks),
            Sidecars = sidecars,
            Readiness = new SandboxReadiness(store, supervisor),
            Policies = new SandboxPolicies(store, processes, networks),
            Sandboxes = new SandboxDirectory(store),
            SandboxCreation = new SandboxCreation(variables, gpus),
            Supervisor = supervisor,
            Functions = functions,
            DirectCalls = direct,
            Calls = calls,
            Schedules = new FunctionSchedules(store, calls, ScheduleWords.NoArguments, clock, Report),
            Logs = logBook,
            Apps = new AppRuns(store, supervisor, functions, logBook, storage.Apps, Report),
            Processes = processes,
            Execs = new ExecDesk(processes, environment, clock),
            Inputs = new SandboxInputs(processes, clock),
            Snapshots = new FilesystemSnapshots(processes, images, storage.Images, pauses),
            DirectorySnapshots = new DirectorySnapshots(processes, images, storage.Images, pauses, mounts),
            Mounts = mounts,
            ExitSnapshots = exits,
            MemorySnapshots = new MemorySnapshotDesk(store, memory, processes, sidecars, environment, variables, new ClosedConnections(networks, clock), dataDirectory),
            TaskTokens = taskTokens,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Schedules.DisposeAsync();
        await Functions.DisposeAsync();
        await Supervisor.DisposeAsync();
        await Tunnels.DisposeAsync();
        Http.Dispose();
        await Volumes.DisposeAsync();
        await Containers.DisposeAsync();
        await Networks.DisposeAsync();
    }
}
