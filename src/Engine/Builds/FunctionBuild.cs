using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Calls;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots;
using Appliance.Images;
using Appliance.Images.Building;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Images.Layers.Trees;
using Appliance.Metadata.Calls;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Builds;

/// <summary>Builds an image by running a function: what its container has changed when it returns is the image's last layer.</summary>
public sealed class FunctionBuild(CallDesk calls, FunctionPools pools, SandboxSupervisor supervisor, ImageLibrary library, SnapshotPauses pauses)
{
    /// <exception cref="ApplianceException">FailedPrecondition: the function failed; the text is its own.</exception>
    public async Task<FunctionLayers> RunAsync(FunctionId function, InputArguments arguments, CancellationToken cancellation)
    {
        (DirectCall call, PoolInput input) = calls.BeginDirect(function, "", arguments);
        try
        {
            await call.Outward.Reader.Completion.WaitAsync(cancellation);
            return call.Outcome is { Status: InputStatus.Success, Task: { } task }
                ? await TakeAsync(task, cancellation)
                : throw new ApplianceException(ErrorKind.FailedPrecondition, $"The function failed: {call.Outcome?.Message ?? "it was ended."}");
        }
        finally
        {
            calls.LeaveDirect(function, call, input);
            StopAll(function);
        }
    }

    private async Task<FunctionLayers> TakeAsync(TaskId task, CancellationToken cancellation)
    {
        LiveSandbox sandbox = supervisor.Find(task) ?? throw SandboxErrors.NoSuchTask(task.Text);
        Container container = await sandbox.Started;
        Image below = library.Images.GetHeld(ObjectId.Read<ImageId>(sandbox.Definition.ImageId));
        var layers = new List<LayerHold>();
        try
        {
            foreach (string name in below.LayerNames)
            {
                layers.Add(library.Layers.TryHold(name) ?? throw new ApplianceException(ErrorKind.NotFound, $"Image '{below.Id}' was deleted: no image can be made on it."));
            }

            var source = new TreeSource(container.Changes) { Finish = copy => SandboxTraces.Remove(copy, sandbox.Definition, container.TaskDirectory) };
            layers.Add(await pauses.RunAsync(container, () => library.Layers.CopyAsync(source, cancellation), cancellation));
            return new FunctionLayers(below.Config, layers);
        }
        catch
        {
            layers.ForEach(layer => layer.Dispose());
            throw;
        }
    }

    /// <summary>Nobody calls it again.</summary>
    private void StopAll(FunctionId function)
    {
        foreach (LiveSandbox left in supervisor.Live.Where(each => each.Record.FunctionId.Equals(function)))
        {
            pools.Find(function)?.StopContainer(left.TaskId, isGraceful: false);
        }
    }
}
