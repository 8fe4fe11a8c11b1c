using Appliance.Core.Ids;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;
using Appliance.Objects;

namespace Appliance.Volumes.Upkeep;

/// <summary>Removes what deleted volumes held.</summary>
public sealed class VolumeContents(string kind) : IObjectContents
{
    private const int EntriesPerWrite = 300;

    public static VolumeContents Of<TId>()
        where TId : struct, IObjectId<TId> => new(TId.Prefix);

    public string Kind { get; } = kind;

    public bool RemoveSome(WriteTransaction write, string id)
    {
        if (VolumeRows.Find(write, id) is not { } volume)
        {
            return true;
        }

        if (VolumePurger.Release(write, VolumeHistory.RemoveSome(write, volume.Key, EntriesPerWrite)))
        {
            return false;
        }

        VolumeRows.Remove(write, volume.Key);
        return true;
    }
}
