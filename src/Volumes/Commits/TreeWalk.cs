using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Commits;

/// <summary>Walks over what a directory held before the commit, a directory always before what it holds.</summary>
internal static class TreeWalk
{
    public static IEnumerable<VolumeEntryRecord> Below(CommitScope scope, VolumePath path, int pageLength)
    {
        VolumeRecord volume = scope.Before;
        string after = "";
        while (VolumeEntries.ListDirectory(scope.Write, volume.Key, volume.Head, path.Text, after, pageLength) is { Count: > 0 } page)
        {
            foreach (VolumeEntryRecord entry in page)
            {
                yield return entry;
            }

            after = page[^1].Name;
        }

        VolumeEntryRecord? last = null;
        while (VolumeEntries.ListBelow(scope.Write, volume.Key, volume.Head, path.Text, last, pageLength) is { Count: > 0 } page)
        {
            foreach (VolumeEntryRecord entry in page)
            {
                yield return entry;
            }

            last = page[^1];
        }
    }
}
