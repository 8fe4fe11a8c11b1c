using Appliance.Containers.Guest;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Access;
using Appliance.Engine.Functions;
using Appliance.Engine.Gpus;
using Appliance.Engine.Mounts;
using Appliance.Engine.Resources;
using Appliance.Engine.Snapshots;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Engine.Snapshots.Memory;
using Appliance.Gpus;
using Appliance.Images;
using Appliance.Images.Catalog;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Sandboxes;

/// <summary>Makes the container that a sandbox was asked to be.</summary>
public sealed class SandboxLauncher(
    ContainerRuntime runtime,
    ImageLibrary library,
    SandboxEnvironment environment,
    SandboxNetworks networks,
    SandboxVolumes volumes,
    SandboxTunnels tunnels,
    SandboxMounts mounted,
    MountLayers layers,
    TaskResources resources,
    ExitSnapshots exits,
    MemorySnapshots memory,
    FunctionOutfit outfit,
    FunctionSnapshots starts)
{
    private const string HostName = "modal";
    private const string InitPath = GuestPrograms.MountPoint + "/" + GuestPrograms.Init;

    private readonly MadeOnce<string> guest = new(() => GuestPrograms.EnsureUnpacked(runtime.Run.Root));

    /// <summary>Starts it.</summary>
    /// <exception cref="Core.Errors.ApplianceException">What the machine or the definition lacks.</exception>
    public async Task<Container> StartAsync(LiveSandbox sandbox, CancellationToken cancellation)
    {
        SandboxDefinition definition = sandbox.Definition;
        ImageId imageId = ObjectId.Read<ImageId>(definition.ImageId);
        IDisposable hold = library.Pins.Hold(imageId);
        MountHold mountHold = MountHold.Nothing;
        try
        {
            Image image = library.Images.GetHeld(imageId);
            GpuAttachment? devices = await resources.LeaseAsync(sandbox, cancellation);
            IReadOnlyList<string> variables = await environment.ReadAsync(
                sandbox, image, definition.SecretIds, definition.Terminal is not null, cancellation);
            FunctionStart start = await starts.DecideAsync(sandbox, variables, cancellation);
            (string network, IReadOnlyList<ContainerMount> mounts) = await networks.RentAsync(
                sandbox.TaskId, definition.Network, HostName, Path.Combine(runtime.DirectoryOf(sandbox.TaskId.Text).Root, "etc"), definition.Function?.Cluster);
            await tunnels.OpenAsync(sandbox);
            (IReadOnlyList<ContainerMount> room, IReadOnlyList<ContainerLink> links) = await volumes.OpenAsync(
                sandbox.Owner, sandbox.TaskId.Text, definition.Volumes, cancellation);
            mountHold = await layers.OpenAsync(
                sandbox.Owner, definition.MountIds, imageId, library.Images.LowerDirectories(image), cancellation);
            SandboxLayers.Save(runtime.DirectoryOf(sandbox.TaskId.Text), mountHold.Layers);
            ContainerSpec spec = StartAs(start, GpuOutfit.Fit(Describe(sandbox, image, [.. variables, .. start.Variables]), devices)) with
            {
                Hostname = HostName,
                NetworkNamespace = network,
                Links = links,
                AddedLayers = start.Kind == FunctionStartKind.Restoring ? [starts.Files.ChangesOf(start.Snapshot), .. mountHold.Layers] : mountHold.Layers,
                Directories = mountHold.Directories,
            };
            IEnumerable<ContainerMount> own = definition.Function is null
                ? DockerDirectory.Of(definition, runtime.DirectoryOf(sandbox.TaskId.Text))
                : outfit.Prepare(sandbox, start);
            Container container = await runtime.StartAsync(spec with { Mounts = [.. spec.Mounts, .. mounts, .. RoomIn(spec, room), .. own] }, cancellation);
            ReleaseLater(container, hold);
            ReleaseLater(container, mountHold);
            return container;
        }
        catch
        {
            hold.Dispose();
            mountHold.Dispose();
            await volumes.CloseAsync(sandbox.TaskId.Text);
            await tunnels.CloseAsync(sandbox.TaskId);
            await networks.ReleaseAsync(sandbox.TaskId);
            resources.Release(sandbox.TaskId);
            throw;
        }
    }

    /// <summary>Notes what containers have that an earlier process started, and who waited, before anybody gets something.</summary>
    public void AdoptResources(IReadOnlyList<LiveSandbox> sandboxes) => resources.Adopt(sandboxes);

    /// <summary>Takes up the networks of sandboxes that an earlier process started; removes all others.</summary>
    public async Task AdoptNetworksAsync(IReadOnlyList<LiveSandbox> sandboxes)
    {
        if (!networks.HasLeftovers)
        {
            return;
        }

        foreach (LiveSandbox sandbox in sandboxes)
        {
            await networks.AdoptAsync(sandbox.TaskId, sandbox.Definition.Network, sandbox.Definition.Function?.Cluster);
        }

        await networks.StartAsync();
    }

    /// <summary>Takes up the container that an earlier process started; null when nothing of it is left.</summary>
    public async Task<Container?> AdoptAsync(LiveSandbox sandbox, CancellationToken cancellation)
    {
        IDisposable hold = library.Pins.Hold(ObjectId.Read<ImageId>(sandbox.Definition.ImageId));
        Container? container = await runtime.AdoptAsync(sandbox.TaskId.Text, LimitsOf(sandbox.Definition), cancellation);
        if (container is null)
        {
            hold.Dispose();
            return null;
        }

        resources.Hold(sandbox);
        await volumes.AdoptAsync(sandbox.TaskId.Text, sandbox.Definition.Volumes, cancellation);
        await tunnels.OpenAsync(sandbox);
        mounted.Adopt(container);
        ReleaseLater(container, hold);
        ReleaseLater(container, layers.Resume(SandboxLayers.Read(runtime.DirectoryOf(sandbox.TaskId.Text))));
        return container;
    }

    /// <summary>What the container of an ended sandbox wrote to volumes is committed when this answers.</summary>
    public Task CommitVolumesAsync(LiveSandbox sandbox) => volumes.CloseAsync(sandbox.TaskId.Text);

    /// <summary>Removes what earlier processes left and nobody has taken up.</summary>
    /// <param name="isKnown">Whether a container of a sandbox, running or ended, has the id.</param>
    /// <param name="isLive">Whether this process ends, or will end, the sandbox of a task.</param>
    public async Task SweepAsync(Func<string, bool> isKnown, Func<TaskId, bool> isLive)
    {
        await runtime.SweepAsync();
        resources.ReleaseGone();
        await volumes.SweepAsync();
        await memory.ResumeAsync(isLive);
        await exits.TakePendingAsync();
        starts.Maker.Sweep(isLive);
        runtime.SweepTasks(isKnown);
        layers.Sweep();
    }

    /// <summary>Removes what is left of a sandbox's container, but for what it wrote to its streams.</summary>
    public async Task RemoveAsync(LiveSandbox sandbox)
    {
        await tunnels.CloseAsync(sandbox.TaskId);
        await runtime.RemoveAsync(sandbox.TaskId.Text);
        resources.Release(sandbox.TaskId);
        await networks.ReleaseAsync(sandbox.TaskId);
        mounted.Remove(sandbox.TaskId.Text);
        await memory.CompleteAsync(sandbox.Record, keepsChanges: ExitSnapshots.IsWanted(sandbox.Definition));
        await exits.TakeAsync(sandbox.Record);
        await starts.Maker.CompleteAsync(sandbox.TaskId);
        runtime.DirectoryOf(sandbox.TaskId.Text).RemoveChanges();
        runtime.DirectoryOf(sandbox.TaskId.Text).RemoveScratch();
    }

    /// <summary>Why a container ended by itself.</summary>
    public SandboxResult Explain(LiveSandbox sandbox, ProcessExit exit) => memory.IsBeingMade(sandbox.TaskId)
        ? new SandboxResult(SandboxEnding.Terminated, ProcessExit.KilledStatus, "A memory snapshot was made of it, which ends it.")
        : SandboxResult.Explain(exit);

    /// <summary>Gives what it has of the machine to others, if it still has something.</summary>
    public void ReleaseResources(LiveSandbox sandbox) => resources.Release(sandbox.TaskId);

    /// <summary>gVisor takes what is mounted below a mount that is read-only for read-only, too.</summary>
    private static IEnumerable<ContainerMount> RoomIn(ContainerSpec spec, IReadOnlyList<ContainerMount> room) =>
        spec.Runtime == ContainerSpec.Gvisor ? room.Select(mount => mount with { IsReadOnly = false }) : room;

    private static void ReleaseLater(Container container, IDisposable hold) =>
        _ = container.Main.OutputEnded.ContinueWith(_ => hold.Dispose(), TaskScheduler.Default);

    /// <summary>A memory snapshot is made of, and restored as, what runs under gVisor; its program calls the appliance from there.</summary>
    private ContainerSpec StartAs(FunctionStart start, ContainerSpec spec) => start.Kind == FunctionStartKind.Plain ? spec : spec with
    {
        Runtime = ContainerSpec.Gvisor,
        Checkpoint = start.Kind == FunctionStartKind.Restoring ? starts.Files.DirectoryOf(start.Snapshot) : null,
    };

    private ContainerSpec Describe(LiveSandbox sandbox, Image image, IReadOnlyList<string> variables)
    {
        SandboxDefinition definition = sandbox.Definition;
        return new ContainerSpec
        {
            Id = sandbox.TaskId.Text,
            Layers = library.Images.LowerDirectories(image),
            Process = new ProcessSpec
            {
                Arguments = [InitPath, "--", .. definition.Function is null ? CommandOf(definition.Arguments, image.Config.Run) : definition.Arguments],
                Environment = variables,
                WorkingDirectory = FirstFilled(definition.WorkingDirectory, image.Config.Run.WorkingDir) ?? (definition.Function is null ? "/" : "/root"),
                Terminal = definition.Terminal is { } size ? new TerminalSize(size.Rows, size.Columns) : null,
                HasInput = definition.Arguments.Count > 0 && (definition.Function is null || definition.Terminal is not null),
            },
            Mounts = [new ContainerMount(guest.Value, GuestPrograms.MountPoint, IsReadOnly: true)],
            User = image.Config.Run.User ?? "",
            Limits = LimitsOf(definition),
            Runtime = definition.Runtime is ContainerSpec.Gvisor ? ContainerSpec.Gvisor : "runc",
            OpensSockets = definition.Function is not null,
            Checkpoint = definition.RestoredFrom is { } snapshot ? memory.Files.DirectoryOf(MemorySnapshotId.FromText(snapshot)) : null,
        };
    }

    /// <summary>The image's entry point stands before the arguments; without arguments the container waits for commands.</summary>
    internal static IEnumerable<string> CommandOf(IReadOnlyList<string> arguments, ImageRunConfig image) =>
        arguments.Count == 0 ? [] : [.. image.Entrypoint ?? [], .. arguments];

    internal static ResourceLimits LimitsOf(SandboxDefinition definition)
    {
        SandboxResources wanted = definition.Resources;
        return new ResourceLimits
        {
            CpuRequestMilli = (uint)wanted.Promised.CpuMilli,
            CpuLimitMilli = wanted.CpuMilliMax,
            MemoryBytes = wanted.MemoryMiBMax is { } mebibytes ? (long)mebibytes << 20 : null,
        };
    }

    private static string? FirstFilled(params string?[] texts) => texts.FirstOrDefault(text => !string.IsNullOrEmpty(text));
}
