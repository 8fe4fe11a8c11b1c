using Appliance.Metadata.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.WorkingCopies.Publishing;

/// <summary>The steps that remove what a container removed, and leave what it did not know of.</summary>
internal static class RemoveSeen
{
    private const int PageLength = 200;

    /// <param name="scope">The commit.</param>
    /// <param name="path">What was removed.</param>
    /// <param name="includesItself">Otherwise only what is below it.</param>
    /// <param name="seen">Tells what the container saw.</param>
    public static IEnumerable<CommitStep> Steps(CommitScope scope, VolumePath path, bool includesItself, SeenEntries seen)
    {
        VolumeEntryRecord? entry = scope.FindNow(path);
        if (entry is null)
        {
            yield break;
        }

        var kept = new HashSet<string>(StringComparer.Ordinal);
        if (entry.Kind == VolumeEntryKind.Directory)
        {
            var directories = new List<VolumePath>();
            foreach (VolumeEntryRecord below in TreeWalk.Below(scope, path, PageLength))
            {
                Sort(scope, below, path, seen, directories, kept);
                yield return default;
            }

            // What is deeper comes first.
            foreach (VolumePath directory in directories.OrderByDescending(directory => directory.Text.Length).Where(directory => !kept.Contains(directory.Text)))
            {
                scope.Remove(directory);
                yield return default;
            }
        }

        if (includesItself && !kept.Contains(path.Text) && seen.WasRemoved(path))
        {
            scope.Remove(path);
            yield return default;
        }
    }

    private static void Sort(
        CommitScope scope, VolumeEntryRecord entry, VolumePath top, SeenEntries seen, List<VolumePath> directories, HashSet<string> kept)
    {
        VolumePath path = VolumePath.Of(entry);
        if (!seen.WasRemoved(path))
        {
            for (VolumePath above = path; above != top && kept.Add(above.Text); above = above.Parent)
            {
                // All directories on the way stay.
            }

            kept.Add(top.Text);
        }
        else if (entry.Kind == VolumeEntryKind.Directory)
        {
            directories.Add(path);
        }
        else
        {
            scope.Remove(path);
        }
    }
}
