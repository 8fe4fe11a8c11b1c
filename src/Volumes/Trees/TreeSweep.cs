using Appliance.Metadata;
using Appliance.Metadata.Volumes;

namespace Appliance.Volumes.Trees;

/// <summary>Removes directories of trees that are not needed any more.</summary>
internal static class TreeSweep
{
    private const string Mounts = "/proc/self/mountinfo";

    /// <summary>At the start: layers that no volume has, unless a mount that outlived the last run still shows them.</summary>
    public static void Run(MetadataStore store, TreeLayout layout)
    {
        Directory.CreateDirectory(layout.Directory);
        Directory.CreateDirectory(layout.Variants);
        HashSet<string> known = store.Read(read => VolumeRows.List(read)
            .SelectMany(volume => VolumeLayers.List(read, volume.Key).Select(layer => layout.Layer(volume.Id, layer.Number)))
            .Concat(WorkingCopyRows.List(read).SelectMany(copy => copy.Shown.Layers.Select(number => layout.Layer(copy.VolumeId, number))))
            .ToHashSet());
        string mounts = File.ReadAllText(Mounts);
        foreach (string volume in Directory.EnumerateDirectories(layout.Directory).Where(path => path != layout.Variants))
        {
            Remove(Directory.EnumerateDirectories(volume).Where(layer => !known.Contains(layer) && !mounts.Contains(layer, StringComparison.Ordinal)));
            if (!Directory.EnumerateFileSystemEntries(volume).Any())
            {
                Directory.Delete(volume);
            }
        }
    }

    /// <summary>Of a volume that was deleted: all layers that nobody shows; the others go with the last who does.</summary>
    public static void RemoveVolume(string directory, LayerUse use)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        Remove(Directory.EnumerateDirectories(directory).Where(use.TryDoom));
        if (!Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }

    public static void Remove(IEnumerable<string> directories)
    {
        foreach (string directory in directories.Where(Directory.Exists))
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
