using Appliance.Metadata;
using Appliance.Metadata.Volumes;
using Appliance.Native.Files;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Trees;

/// <summary>Builds one layer: the entries that a version has and an older one had not, and whiteouts for those it lost.</summary>
internal sealed class LayerBuilder(MetadataStore store, InodeSource inodes)
{
    private const int PageLength = 1000;

    /// <returns>How many entries the layer holds.</returns>
    public long Build(VolumeRecord volume, long fromVersion, string target, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        var layer = new LayerTree(target, path => store.Read(read =>
            VolumeEntries.Find(read, volume.Key, volume.Head, path.Parent.Text, path.Name)?.Mode));
        long count = 0;
        foreach (VolumeEntryRecord entry in fromVersion == 0 ? ListAll(volume) : ListAdded(volume, fromVersion))
        {
            cancellation.ThrowIfCancellationRequested();
            Add(layer, entry);
            count++;
        }

        return fromVersion == 0 ? count : count + Hide(layer, volume, fromVersion);
    }

    private void Add(LayerTree layer, VolumeEntryRecord entry)
    {
        if (entry.Kind == VolumeEntryKind.Directory)
        {
            layer.EnsureDirectory(VolumePath.Of(entry));
            return;
        }

        string target = layer.PathFor(VolumePath.Of(entry));
        if (entry.Kind == VolumeEntryKind.SymbolicLink)
        {
            File.CreateSymbolicLink(target, entry.Target!);
        }
        else
        {
            inodes.Place(VolumeEntry.ContentOf(entry), entry.Mode, target);
        }
    }

    private long Hide(LayerTree layer, VolumeRecord volume, long fromVersion)
    {
        long count = 0;
        foreach (VolumeEntryRecord ended in store.Read(read => VolumeHistory.ListEnded(read, volume.Key, fromVersion, volume.Head)))
        {
            VolumePath path = VolumePath.Of(ended);
            if (!IsThere(volume, path) && (path.Parent.IsRoot || IsDirectory(volume, path.Parent)))
            {
                PosixFile.CreateWhiteout(layer.PathFor(path));
                count++;
            }
        }

        return count;
    }

    private bool IsThere(VolumeRecord volume, VolumePath path) => Find(volume, path) is not null;

    private bool IsDirectory(VolumeRecord volume, VolumePath path) => Find(volume, path) is { Kind: VolumeEntryKind.Directory };

    private VolumeEntryRecord? Find(VolumeRecord volume, VolumePath path) =>
        store.Read(read => VolumeEntries.Find(read, volume.Key, volume.Head, path.Parent.Text, path.Name));

    // The order does not matter: directories are made with their modes before what they hold.
    private IEnumerable<VolumeEntryRecord> ListAdded(VolumeRecord volume, long fromVersion)
    {
        (VolumeEntryRecord Entry, long FromVersion)? last = null;
        while (store.Read(read => VolumeHistory.ListAdded(read, volume.Key, fromVersion, volume.Head, last, PageLength)) is { Count: > 0 } page)
        {
            foreach ((VolumeEntryRecord entry, _) in page)
            {
                yield return entry;
            }

            last = page[^1];
        }
    }

    private IEnumerable<VolumeEntryRecord> ListAll(VolumeRecord volume)
    {
        VolumeEntryRecord? last = null;
        while (store.Read(read => VolumeEntries.ListAll(read, volume.Key, volume.Head, last, PageLength)) is { Count: > 0 } page)
        {
            foreach (VolumeEntryRecord entry in page)
            {
                yield return entry;
            }

            last = page[^1];
        }
    }
}
