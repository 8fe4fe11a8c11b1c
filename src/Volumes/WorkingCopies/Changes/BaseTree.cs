using Appliance.Native.Files;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Trees;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Volumes.WorkingCopies.Changes;

/// <summary>The version that lies below a container's changes, as the container would see it without them.</summary>
internal sealed class BaseTree : IDisposable
{
    private readonly SealedDirectory[] layers;
    private readonly VolumePath subPath;

    private BaseTree(SealedDirectory[] layers, VolumePath subPath)
    {
        this.layers = layers;
        this.subPath = subPath;
    }

    /// <param name="view">Its layers.</param>
    /// <param name="subPath">The directory of the volume that is shown; paths begin there.</param>
    public static BaseTree Open(VolumeView view, VolumePath subPath) => new([.. view.Layers.Select(SealedDirectory.Open)], subPath);

    /// <summary>What the version has at the path; null for nothing.</summary>
    public FileStatus? Find(string path)
    {
        string full = InVolume(path);
        foreach (SealedDirectory layer in layers)
        {
            if (layer.Find(full) is { } found)
            {
                return found.IsWhiteout ? null : found;
            }

            if (Hides(layer, full))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Opens a file of the version for reading; null when it has none there.</summary>
    public SafeFileHandle? TryOpenFile(string path)
    {
        string full = InVolume(path);
        foreach (SealedDirectory layer in layers)
        {
            if (layer.Find(full) is { } found)
            {
                return found.Kind == FileKind.File ? layer.TryOpenFile(full) : null;
            }

            if (Hides(layer, full))
            {
                return null;
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (SealedDirectory layer in layers)
        {
            layer.Dispose();
        }
    }

    private string InVolume(string path) => subPath.IsRoot ? path : path.Length == 0 ? subPath.Text : $"{subPath.Text}/{path}";

    /// <summary>Whether the layer has something else than a directory on the way.</summary>
    private static bool Hides(SealedDirectory layer, string path)
    {
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (layer.Find(path[..slash]) is { } above)
            {
                return above.Kind != FileKind.Directory;
            }
        }

        return false;
    }
}
