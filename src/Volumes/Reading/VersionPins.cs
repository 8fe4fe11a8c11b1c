using Appliance.Metadata;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;

namespace Appliance.Volumes.Reading;

/// <summary>Which old versions are being read, and so must keep their entries.</summary>
public sealed class VersionPins(MetadataStore store)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(long Volume, long Version), int> counts = [];

    /// <summary>Holds on to the newest version of a volume.</summary>
    /// <param name="find">Finds the volume.</param>
    public VersionPin Pin(Func<ReadTransaction, VolumeRecord> find)
    {
        // The floor of a purge is taken under the same lock, so it is never above a version that is being pinned.
        lock (gate)
        {
            VolumeRecord volume = store.Read(find);
            counts[(volume.Key, volume.Head)] = counts.GetValueOrDefault((volume.Key, volume.Head)) + 1;
            return new VersionPin(this, volume);
        }
    }

    /// <summary>
    /// The oldest version of the volume that anybody still needs: a reader, or the lowest layer on disk, since layers
    /// above it are built again from what changed after it.
    /// </summary>
    public long FloorOf(string volumeId)
    {
        lock (gate)
        {
            return store.Read(read => VolumeRows.Find(read, volumeId) is { } volume
                ? counts.Keys.Where(pin => pin.Volume == volume.Key).Select(pin => pin.Version)
                    .Append(VolumeLayers.FindBase(read, volume.Key) ?? volume.Head)
                    .Append(volume.Head)
                    .Min()
                : 0);
        }
    }

    internal void Release(VolumeRecord volume)
    {
        lock (gate)
        {
            if (--counts[(volume.Key, volume.Head)] == 0)
            {
                counts.Remove((volume.Key, volume.Head));
            }
        }
    }
}
