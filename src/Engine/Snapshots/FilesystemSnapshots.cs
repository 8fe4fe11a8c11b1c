using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Images;
using Appliance.Images.Layers;
using Appliance.Images.Layers.Trees;

namespace Appliance.Engine.Snapshots;

/// <summary>Makes images of what running sandboxes changed in theirs. Volumes and mounted directories are no part of it.</summary>
public sealed class FilesystemSnapshots(TaskProcesses processes, SnapshotImages images, ImageLibrary library, SnapshotPauses pauses)
{
    /// <exception cref="ApplianceException">NotFound: the task has ended. FailedPrecondition: it ends now. ResourceExhausted: the disk.</exception>
    public async Task<ImageId> SnapshotAsync(TaskId task, SnapshotRequest request, CancellationToken cancellation)
    {
        if (images.Find(task, request.Id) is { } before)
        {
            return before;
        }

        LiveSandbox sandbox = processes.GetLive(task);
        Container container = await processes.GetContainerAsync(task, cancellation);
        return await pauses.RunAsync(container, () => CopyAsync(sandbox, container, request, cancellation), cancellation);
    }

    private async Task<ImageId> CopyAsync(LiveSandbox sandbox, Container container, SnapshotRequest request, CancellationToken cancellation)
    {
        if (images.Find(sandbox.TaskId, request.Id) is { } meanwhile)
        {
            return meanwhile;
        }

        var source = new TreeSource(container.Changes) { Finish = copy => SandboxTraces.Remove(copy, sandbox.Definition, container.TaskDirectory) };
        using LayerHold changes = await library.Layers.CopyAsync(source, cancellation);
        ImageId below = ObjectId.Read<ImageId>(sandbox.Definition.ImageId);
        return await images.AddOnAsync(below, changes, request.Life, SnapshotImages.Note(sandbox.TaskId, request));
    }
}
