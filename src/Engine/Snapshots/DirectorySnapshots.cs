using Appliance.Containers.Mounts;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Images;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Images.Layers.Trees;
using Appliance.Native.Directories;
using Appliance.Native.Mounts;

namespace Appliance.Engine.Snapshots;

/// <summary>Makes images whose root is a directory of a running sandbox, with the images that are mounted in it.</summary>
public sealed class DirectorySnapshots(
    TaskProcesses processes, SnapshotImages images, ImageLibrary library, SnapshotPauses pauses, SandboxMounts mounts)
{
    /// <exception cref="ApplianceException">
    /// NotFound: the task has ended, or there is no such directory. InvalidArgument: the path. ResourceExhausted: the disk.
    /// </exception>
    public async Task<ImageId> SnapshotAsync(TaskId task, string path, SnapshotRequest request, CancellationToken cancellation)
    {
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"No snapshot can be made of '{path}': name an absolute path.");
        }

        if (images.Find(task, request.Id) is { } before)
        {
            return before;
        }

        LiveSandbox sandbox = processes.GetLive(task);
        Container container = await processes.GetContainerAsync(task, cancellation);
        if (container.IsGvisor)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, "No image can be made of a directory of a sandbox under gVisor, whose mounts are its own: snapshot_filesystem makes one of all its files.");
        }

        return await pauses.RunAsync(container, () => CopyAsync(sandbox, container, path, request, cancellation), cancellation);
    }

    private async Task<ImageId> CopyAsync(
        LiveSandbox sandbox, Container container, string path, SnapshotRequest request, CancellationToken cancellation)
    {
        if (images.Find(sandbox.TaskId, request.Id) is { } meanwhile)
        {
            return meanwhile;
        }

        List<IDisposable> open = [];
        try
        {
            string place = DirectoryMounts.Resolve(container, path);
            DirectoryHandle top = Show(container, place, open);
            var source = new TreeSource(top.DescriptorPath) { Mounted = ShowBelow(container, place, open) };
            using LayerHold layer = await library.Layers.CopyAsync(source, cancellation);
            ImageConfig below = library.Images.GetHeld(ObjectId.Read<ImageId>(sandbox.Definition.ImageId)).Config;
            var config = new ImageConfig { Architecture = below.Architecture, Os = below.Os };
            return await images.AddAsync(config, [layer], request.Life, SnapshotImages.Note(sandbox.TaskId, request));
        }
        finally
        {
            open.ForEach(each => each.Dispose());
        }
    }

    private Dictionary<string, DirectoryHandle> ShowBelow(Container container, string place, List<IDisposable> open)
    {
        string parent = place == "/" ? "/" : place + "/";
        Dictionary<string, DirectoryHandle> found = [];
        foreach (SandboxMount mount in mounts.List(container.Id).Where(each => each.Path.StartsWith(parent, StringComparison.Ordinal)))
        {
            try
            {
                DirectoryHandle top = Show(container, mount.Path, open);
                if (top.GetStatus().FileSystem == mount.Device)
                {
                    found[mount.Path[parent.Length..]] = top;
                }
            }
            catch (ApplianceException hidden) when (hidden.Kind == ErrorKind.NotFound)
            {
                // Something is mounted above it that has no such directory.
            }
        }

        return found;
    }

    private static DirectoryHandle Show(Container container, string path, List<IDisposable> open)
    {
        DetachedMount mount = DirectoryMounts.Show(container, path);
        open.Add(mount);
        DirectoryHandle top = mount.Open();
        open.Add(top);
        return top;
    }
}
