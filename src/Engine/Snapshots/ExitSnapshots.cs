using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Images;
using Appliance.Images.Layers;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Snapshots;
using Appliance.Metadata.Transactions;

namespace Appliance.Engine.Snapshots;

/// <summary>Makes images of what sandboxes had changed when they ended, where that was wanted from the start.</summary>
public sealed class ExitSnapshots(
    MetadataStore store, SnapshotImages images, ImageLibrary library, ContainerRuntime runtime, Action<Exception> report)
{
    private const string Option = "enable_exit_snapshot";

    public static bool IsWanted(SandboxDefinition definition) =>
        definition.Options.TryGetValue(Option, out string? value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Notes with a sandbox's end that the image is to be made, so that a new process makes it if this one cannot.</summary>
    public static void Note(WriteTransaction write, LiveSandbox sandbox)
    {
        if (IsWanted(sandbox.Definition))
        {
            ExitSnapshotRows.Add(write, sandbox.Id);
        }
    }

    /// <summary>What became of it; null while the sandbox runs or the image is being made.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: it was not wanted.</exception>
    public ExitSnapshotRecord? Find(SandboxRecord sandbox)
    {
        if (!IsWanted(SandboxDefinition.Read(sandbox.Definition)))
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"Sandbox '{sandbox.Id}' has no exit snapshot: it was created without the option '{Option}'.");
        }

        return store.Read(read => ExitSnapshotRows.Find(read, sandbox.Id)) is { } found && (found.ImageId ?? found.Failure) is not null ? found : null;
    }

    /// <summary>Makes the image of an ended sandbox, if it is to be made. Nothing of the container is mounted any more.</summary>
    public async Task TakeAsync(SandboxRecord sandbox)
    {
        if (store.Read(read => ExitSnapshotRows.Find(read, sandbox.Id)) is not { ImageId: null, Failure: null })
        {
            return;
        }

        try
        {
            await MakeAsync(sandbox, SandboxDefinition.Read(sandbox.Definition));
        }
        catch (Exception failure)
        {
            report(failure);
            string shown = failure is ApplianceException known ? known.Message : "The snapshot could not be made; the server's log says why.";
            await store.WriteAsync(write => ExitSnapshotRows.Set(write, sandbox.Id, new ExitSnapshotRecord(null, shown)));
        }
    }

    /// <summary>Makes those that an earlier process did not come to.</summary>
    public async Task TakePendingAsync()
    {
        foreach (TaskId task in store.Read(ExitSnapshotRows.ListPending))
        {
            await TakeAsync(store.Read(read => SandboxRows.FindByTask(read, task))!);
        }
    }

    private async Task MakeAsync(SandboxRecord sandbox, SandboxDefinition definition)
    {
        ImageId below = ObjectId.Read<ImageId>(definition.ImageId);
        using IDisposable hold = library.Pins.Hold(below);
        TaskDirectory directory = runtime.DirectoryOf(sandbox.TaskId.Text);
        string changes = directory.Changes;
        if (!Directory.Exists(changes))
        {
            throw new ApplianceException(ErrorKind.NotFound, "The sandbox ended before it had a file system.");
        }

        SandboxTraces.Remove(changes, definition, directory);
        using LayerHold layer = await library.Layers.AdoptAsync(changes, CancellationToken.None);
        await images.AddOnAsync(
            below, layer, life: null, (write, image) => ExitSnapshotRows.Set(write, sandbox.Id, new ExitSnapshotRecord(image.Text, null)));
    }
}
