using System.Collections.Concurrent;
using Appliance.Containers.Mounts;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Snapshots;
using Appliance.Images;
using Appliance.Metadata;
using Appliance.Native.Directories;

namespace Appliance.Engine.Sandboxes;

/// <summary>Images mounted into running sandboxes. They are the kernel's, so they outlive the server and end with the container.</summary>
public sealed class SandboxMounts(MetadataStore store, ImageLibrary library, ContainerRuntime runtime)
{
    private static readonly string[] Reserved = ["/proc", "/sys", "/dev", "/__modal"];

    private readonly ConcurrentDictionary<string, List<SandboxMount>> mounts = new();

    /// <summary>Shows an image at a path; without one an empty directory.</summary>
    /// <exception cref="ApplianceException">
    /// InvalidArgument: the path. NotFound: the image, or nothing is at the path. PermissionDenied: the image's key.
    /// </exception>
    public void Mount(Container container, string path, string imageId, ReadOnlyMemory<byte>? key)
    {
        ImageKeys.Check(key);
        CheckPath(path);
        ImageId? image = imageId.Length == 0 ? null : ObjectId.Read<ImageId>(imageId);
        IDisposable? hold = image is { } wanted ? library.Pins.Hold(wanted) : null;
        string room = Path.Combine(RootOf(container.Id), Guid.NewGuid().ToString("N"));
        try
        {
            IReadOnlyList<string> layers = [library.Images.Empty];
            if (image is { } id)
            {
                layers = library.Images.LowerDirectories(library.Images.Get(id));
                store.Read(read =>
                {
                    ImageKeys.Require(read, id, key);
                    return true;
                });
            }

            Directory.CreateDirectory(room);
            (string place, DeviceNumber device) = DirectoryMounts.Attach(container, path, layers, room);
            Add(container, new SandboxMount(room, place, device, imageId, hold).Save());
        }
        catch
        {
            hold?.Dispose();
            TreeRemoval.Remove(room);
            throw;
        }
    }

    /// <exception cref="ApplianceException">NotFound: nothing was mounted there.</exception>
    public void Unmount(Container container, string path)
    {
        CheckPath(path);
        string place = DirectoryMounts.Resolve(container, path);
        SandboxMount? gone = List(container.Id).LastOrDefault(each => each.Path == place && DirectoryMounts.TryDetach(container, place, each.Device));
        if (gone is null)
        {
            throw new ApplianceException(ErrorKind.NotFound, $"Nothing is mounted at '{path}'.");
        }

        Change(container.Id, list => list.Remove(gone));
        gone.Hold?.Dispose();
        TreeRemoval.Remove(gone.Room);
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<SandboxMount> List(string containerId)
    {
        List<SandboxMount> list = mounts.GetOrAdd(containerId, _ => []);
        lock (list)
        {
            return [.. list];
        }
    }

    /// <summary>Takes up what an earlier process mounted.</summary>
    public void Adopt(Container container)
    {
        foreach (string room in Directory.Exists(RootOf(container.Id)) ? Directory.GetDirectories(RootOf(container.Id)) : [])
        {
            if (SandboxMount.TryLoad(room, library.Pins) is { } found)
            {
                Add(container, found);
            }
        }
    }

    /// <summary>Removes what a container's mounts left; it has ended.</summary>
    public void Remove(string containerId)
    {
        foreach (SandboxMount mount in mounts.TryRemove(containerId, out List<SandboxMount>? list) ? list : [])
        {
            mount.Hold?.Dispose();
        }

        TreeRemoval.Remove(RootOf(containerId));
    }

    private string RootOf(string containerId) => Path.Combine(runtime.DirectoryOf(containerId).Root, "mounts");

    private void Add(Container container, SandboxMount mount) => Change(container.Id, list => list.Add(mount));

    private void Change(string containerId, Action<List<SandboxMount>> change)
    {
        List<SandboxMount> list = mounts.GetOrAdd(containerId, _ => []);
        lock (list)
        {
            change(list);
        }
    }

    private static void CheckPath(string path)
    {
        if (!path.StartsWith('/') || path.Trim('/').Length == 0 || path.Contains('\0', StringComparison.Ordinal)
            || Array.Exists(Reserved, each => path == each || path.StartsWith(each + "/", StringComparison.Ordinal)))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Nothing can be mounted at '{path}': name an absolute path, outside of /, /proc, /sys and /dev.");
        }
    }
}
