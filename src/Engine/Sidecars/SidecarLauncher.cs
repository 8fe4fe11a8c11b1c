using Appliance.Containers.Guest;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Core.Ids;
using Appliance.Engine.Mounts;
using Appliance.Engine.Sandboxes;
using Appliance.Images;
using Appliance.Images.Catalog;

namespace Appliance.Engine.Sidecars;

/// <summary>Makes containers that share the network of a sandbox's main one.</summary>
public sealed class SidecarLauncher(
    ContainerRuntime runtime,
    ImageLibrary library,
    SandboxEnvironment environment,
    SandboxNetworks networks,
    SandboxVolumes volumes,
    MountLayers layers)
{
    private const string InitPath = GuestPrograms.MountPoint + "/" + GuestPrograms.Init;

    /// <exception cref="Core.Errors.ApplianceException">What the machine or the definition lacks.</exception>
    public async Task<Container> StartAsync(LiveSandbox sandbox, SidecarId id, SidecarDefinition definition, CancellationToken cancellation)
    {
        ImageId imageId = ObjectId.Read<ImageId>(definition.ImageId);
        IDisposable hold = library.Pins.Hold(imageId);
        MountHold mountHold = MountHold.Nothing;
        try
        {
            Image image = library.Images.GetHeld(imageId);
            IReadOnlyList<string> variables = await environment.ReadAsync(
                sandbox, image, definition.SecretIds, definition.Terminal is not null, cancellation);
            (IReadOnlyList<ContainerMount> room, IReadOnlyList<ContainerLink> links) = await volumes.OpenAsync(
                sandbox.Owner, id.Text, definition.Volumes, cancellation);
            mountHold = await layers.OpenAsync(
                sandbox.Owner, definition.MountIds, imageId, library.Images.LowerDirectories(image), cancellation);
            SandboxLayers.Save(runtime.DirectoryOf(id.Text), mountHold.Layers);
            ContainerSpec spec = Describe(sandbox, id, definition, image, variables);
            Container container = await runtime.StartAsync(
                spec with { Mounts = [.. spec.Mounts, .. room], Links = links, AddedLayers = mountHold.Layers, Directories = mountHold.Directories },
                cancellation);
            ReleaseLater(container, hold);
            ReleaseLater(container, mountHold);
            return container;
        }
        catch
        {
            hold.Dispose();
            mountHold.Dispose();
            await volumes.CloseAsync(id.Text);
            throw;
        }
    }

    /// <summary>Takes up one that an earlier process started; null when nothing of it is left.</summary>
    public async Task<Container?> AdoptAsync(LiveSandbox sandbox, SidecarId id, SidecarDefinition definition, CancellationToken cancellation)
    {
        IDisposable hold = library.Pins.Hold(ObjectId.Read<ImageId>(definition.ImageId));
        Container? container = await runtime.AdoptAsync(id.Text, SandboxLauncher.LimitsOf(sandbox.Definition), cancellation);
        if (container is null)
        {
            hold.Dispose();
            return null;
        }

        await volumes.AdoptAsync(id.Text, definition.Volumes, cancellation);
        ReleaseLater(container, hold);
        ReleaseLater(container, layers.Resume(SandboxLayers.Read(runtime.DirectoryOf(id.Text))));
        return container;
    }

    /// <summary>What it wrote to volumes is committed when this answers; it has ended.</summary>
    public Task CommitVolumesAsync(SidecarId id) => volumes.CloseAsync(id.Text);

    /// <summary>Removes what is left of one, but for what it wrote to its streams.</summary>
    public async Task RemoveAsync(SidecarId id)
    {
        await runtime.RemoveAsync(id.Text);
        runtime.DirectoryOf(id.Text).RemoveChanges();
    }

    private ContainerSpec Describe(
        LiveSandbox sandbox, SidecarId id, SidecarDefinition definition, Image image, IReadOnlyList<string> variables)
    {
        (string network, IReadOnlyList<ContainerMount> mounts) = networks.Share(
            sandbox.TaskId, Path.Combine(runtime.DirectoryOf(sandbox.TaskId.Text).Root, "etc"));
        ImageRunConfig run = image.Config.Run;
        return new ContainerSpec
        {
            Id = id.Text,
            Layers = library.Images.LowerDirectories(image),
            Process = new ProcessSpec
            {
                Arguments = [InitPath, "--", .. SandboxLauncher.CommandOf(definition.Arguments, run)],
                Environment = variables,
                WorkingDirectory = definition.WorkingDirectory ?? (string.IsNullOrEmpty(run.WorkingDir) ? "/" : run.WorkingDir),
                Terminal = definition.Terminal is { } size ? new TerminalSize(size.Rows, size.Columns) : null,
            },
            Mounts = [new ContainerMount(GuestPrograms.EnsureUnpacked(runtime.Run.Root), GuestPrograms.MountPoint, IsReadOnly: true), .. mounts],
            User = run.User ?? "",
            NetworkNamespace = network,
            Limits = SandboxLauncher.LimitsOf(sandbox.Definition),
            Runtime = sandbox.Definition.Runtime is "gvisor" ? "gvisor" : "runc",
        };
    }

    private static void ReleaseLater(Container container, IDisposable hold) =>
        _ = container.Main.OutputEnded.ContinueWith(_ => hold.Dispose(), TaskScheduler.Default);
}
