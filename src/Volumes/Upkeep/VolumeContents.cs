using Appliance.Core.Ids;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;
using Appliance.Objects;
using Appliance.Volumes.Trees;

namespace Appliance.Volumes.Upkeep;

/// <summary>Removes what deleted volumes held.</summary>
public sealed class VolumeContents(string kind, VolumeTrees trees) : IObjectContents
{
    private const int EntriesPerWrite = 300;

    public static VolumeContents Of<TId>(VolumeTrees trees)
        where TId : struct, IObjectId<TId> => new(TId.Prefix, trees);

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

        VolumeLayers.RemoveOf(write, volume.Key);
        VolumeRows.Remove(write, volume.Key);
        return true;
    }

    public void AfterRemoval(string id) => trees.Notice(id);
}
