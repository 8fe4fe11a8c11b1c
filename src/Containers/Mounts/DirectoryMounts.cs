using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Native.Directories;
using Appliance.Native.Mounts;

namespace Appliance.Containers.Mounts;

/// <summary>Mounts into running containers, and what containers see at a path. All of it lives no longer than the container.</summary>
public static class DirectoryMounts
{
    /// <summary>The path without links, as the container sees it.</summary>
    /// <exception cref="ApplianceException">NotFound: nothing is there. FailedPrecondition: it is no directory.</exception>
    public static string Resolve(Container container, string path)
    {
        using DirectoryHandle found = Inside(container, () => Open(path));
        return RootedPath.PathOf(found);
    }

    /// <summary>Lets layers show at a path; what the container writes there goes to a directory of its own.</summary>
    /// <param name="container">It runs.</param>
    /// <param name="path">Absolute; a directory.</param>
    /// <param name="layers">The topmost first.</param>
    /// <param name="room">An empty directory for what is written.</param>
    /// <returns>The path without links, and what tells the mount from others.</returns>
    /// <exception cref="ApplianceException">NotFound: nothing is there. FailedPrecondition: it is no directory.</exception>
    public static (string Path, DeviceNumber Device) Attach(Container container, string path, IReadOnlyList<string> layers, string room)
    {
        string changes = Directory.CreateDirectory(Path.Combine(room, "changes")).FullName;
        string work = Directory.CreateDirectory(Path.Combine(room, "work")).FullName;
        string stage = Directory.CreateDirectory(Path.Combine(room, "stage")).FullName;
        using (DirectoryHandle lower = DirectoryHandle.Open(layers[0]))
        using (DirectoryHandle upper = DirectoryHandle.Open(changes))
        {
            // An overlay shows the upper root's owner and mode.
            NodeStatus own = lower.GetStatus();
            upper.SetOwn(own.User, own.Group, own.Mode, own.ModifiedAt);
        }

        using DetachedMount mount = Make(layers, changes, work, stage);
        using DirectoryHandle top = mount.Open();
        using DirectoryHandle place = Inside(container, () =>
        {
            DirectoryHandle found = Open(path);
            mount.Attach(found);
            return found;
        });
        return (RootedPath.PathOf(place), top.GetStatus().FileSystem);
    }

    /// <summary>Takes a mount away again.</summary>
    /// <returns>False when it does not show at the path.</returns>
    public static bool TryDetach(Container container, string path, DeviceNumber device) => Inside(container, () =>
    {
        using DirectoryHandle? top = RootedPath.TryOpen("/", path);
        if (top?.GetStatus().FileSystem != device)
        {
            return false;
        }

        DetachedMount.Remove(top);
        return true;
    });

    /// <summary>What shows at a path, without what is mounted below it.</summary>
    /// <exception cref="ApplianceException">NotFound: nothing is there. FailedPrecondition: it is no directory.</exception>
    public static DetachedMount Show(Container container, string path) => Inside(container, () =>
    {
        using DirectoryHandle found = Open(path);
        return DetachedMount.Of(found);
    });

    private static DetachedMount Make(IReadOnlyList<string> layers, string changes, string work, string stage)
    {
        using FileSystemMount mount = OverlayMount.Mount(layers, changes, work, stage, isVolatile: true);
        using DirectoryHandle top = DirectoryHandle.Open(stage);
        return DetachedMount.Of(top);
    }

    private static DirectoryHandle Open(string path) => RootedPath.TryOpen("/", path)
        ?? throw new ApplianceException(ErrorKind.NotFound, $"There is no directory '{path}' in the container.");

    private static T Inside<T>(Container container, Func<T> work)
    {
        try
        {
            return MountNamespace.Run(container.Pid, work);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException && container.Main.Exited.IsCompleted)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{container.Id}' has ended: nothing can be mounted in it.", gone);
        }
    }
}
