using Appliance.Containers.Guest;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Core.Ids;
using Appliance.Images;
using Appliance.Images.Catalog;

namespace Appliance.Engine.Sandboxes;

/// <summary>Makes the container that a sandbox was asked to be.</summary>
public sealed class SandboxLauncher(ContainerRuntime runtime, ImageLibrary library, SandboxEnvironment environment)
{
    private const string InitPath = GuestPrograms.MountPoint + "/" + GuestPrograms.Init;

    private readonly Lazy<string> guest = new(() => GuestPrograms.EnsureUnpacked(runtime.Run.Root), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Starts it.</summary>
    /// <exception cref="Core.Errors.ApplianceException">What the machine or the definition lacks.</exception>
    public async Task<Container> StartAsync(LiveSandbox sandbox, CancellationToken cancellation)
    {
        SandboxDefinition definition = sandbox.Definition;
        ImageId imageId = ObjectId.Read<ImageId>(definition.ImageId);
        IDisposable hold = library.Pins.Hold(imageId);
        try
        {
            Image image = library.Images.GetHeld(imageId);
            IReadOnlyList<string> variables = await environment.ReadAsync(sandbox, image, cancellation);
            Container container = await runtime.StartAsync(Describe(sandbox, image, variables), cancellation);
            ReleaseLater(container, hold);
            return container;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
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

        ReleaseLater(container, hold);
        return container;
    }

    private static void ReleaseLater(Container container, IDisposable hold) =>
        _ = container.Main.OutputEnded.ContinueWith(_ => hold.Dispose(), TaskScheduler.Default);

    private ContainerSpec Describe(LiveSandbox sandbox, Image image, IReadOnlyList<string> variables)
    {
        SandboxDefinition definition = sandbox.Definition;
        return new ContainerSpec
        {
            Id = sandbox.TaskId.Text,
            Layers = library.Images.LowerDirectories(image),
            Process = new ProcessSpec
            {
                Arguments = [InitPath, "--", .. CommandOf(definition, image.Config.Run)],
                Environment = variables,
                WorkingDirectory = FirstFilled(definition.WorkingDirectory, image.Config.Run.WorkingDir) ?? "/",
                Terminal = definition.Terminal is { } size ? new TerminalSize(size.Rows, size.Columns) : null,
                HasInput = definition.Arguments.Count > 0,
            },
            Mounts = [new ContainerMount(guest.Value, GuestPrograms.MountPoint, IsReadOnly: true)],
            Limits = LimitsOf(definition),
            Runtime = definition.Runtime is "gvisor" ? "gvisor" : "runc",
        };
    }

    /// <summary>The image's entry point stands before the arguments; without arguments the sandbox waits for commands.</summary>
    private static IEnumerable<string> CommandOf(SandboxDefinition definition, ImageRunConfig image) =>
        definition.Arguments.Count == 0 ? [] : [.. image.Entrypoint ?? [], .. definition.Arguments];

    private static ResourceLimits LimitsOf(SandboxDefinition definition)
    {
        SandboxResources wanted = definition.Resources;
        return new ResourceLimits
        {
            CpuRequestMilli = wanted.CpuMilli,
            CpuLimitMilli = wanted.CpuMilliMax,
            MemoryBytes = wanted.MemoryMiBMax is { } mebibytes ? (long)mebibytes << 20 : null,
        };
    }

    private static string? FirstFilled(params string?[] texts) => texts.FirstOrDefault(text => !string.IsNullOrEmpty(text));
}
