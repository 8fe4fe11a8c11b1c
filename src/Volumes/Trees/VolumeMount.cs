using Appliance.Core.Errors;
using Appliance.Native.Mounts;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Trees;

/// <summary>Shows a version of a volume as one directory. No byte is copied; it costs what the kernel's mount costs.</summary>
public static class VolumeMount
{
    private const UnixFileMode RootMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Shows the version so that nobody can change it there.</summary>
    /// <param name="view">What to show; keep it until the mount is disposed.</param>
    /// <param name="target">A directory that exists.</param>
    /// <param name="subPath">Which directory of the volume; the root for all of it.</param>
    /// <exception cref="ApplianceException">NotFound: the volume has no such directory.</exception>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static FileSystemMount MountReadOnly(VolumeView view, string target, VolumePath subPath)
    {
        IReadOnlyList<string> layers = LayersOf(view, subPath);
        const MountFlags flags = MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDevices;
        return layers.Count == 1
            ? FileSystemMount.Bind(layers[0], target, flags)
            : OverlayMount.MountReadOnly(layers, target, flags);
    }

    /// <summary>Shows the version so that changes go to a directory of their own.</summary>
    /// <param name="view">What to show; keep it until the mount is disposed.</param>
    /// <param name="target">A directory that exists.</param>
    /// <param name="subPath">Which directory of the volume; the root for all of it.</param>
    /// <param name="changes">Where changed files go.</param>
    /// <param name="work">An empty directory on the same file system as the changes, for the kernel's use.</param>
    /// <exception cref="ApplianceException">NotFound: the volume has no such directory.</exception>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static FileSystemMount MountWritable(VolumeView view, string target, VolumePath subPath, string changes, string work) =>
        OverlayMount.Mount(LayersOf(view, subPath), changes, work, target, isVolatile: true, MountFlags.NoSuid | MountFlags.NoDevices);

    /// <summary>The permissions of the directory that a mount shows.</summary>
    internal static UnixFileMode ModeOf(VolumeView view, VolumePath subPath) =>
        subPath.IsRoot ? RootMode : File.GetUnixFileMode(LayersOf(view, subPath)[0]);

    private static List<string> LayersOf(VolumeView view, VolumePath subPath)
    {
        if (subPath.IsRoot)
        {
            return [.. view.Layers];
        }

        List<string> found = [];
        foreach (string layer in view.Layers)
        {
            string path = $"{layer}/{subPath.Text}";
            if (Directory.Exists(path))
            {
                found.Add(path);
            }
            else if (HidesBelow(layer, subPath))
            {
                break;
            }
        }

        return found.Count > 0
            ? found
            : throw new ApplianceException(ErrorKind.NotFound, $"The volume has no directory '{subPath}' in version {view.Version}.");
    }

    /// <summary>Whether the layer has something else than a directory on the way: then layers below it do not show.</summary>
    private static bool HidesBelow(string layer, VolumePath path)
    {
        for (VolumePath place = path; !place.IsRoot; place = place.Parent)
        {
            string there = $"{layer}/{place.Text}";
            if (File.Exists(there) || new FileInfo(there).LinkTarget is not null)
            {
                return true;
            }
        }

        return false;
    }
}
