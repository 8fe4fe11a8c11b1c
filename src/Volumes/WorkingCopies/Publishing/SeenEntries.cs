using Appliance.Volumes.Paths;
using Appliance.Volumes.WorkingCopies.Changes;

namespace Appliance.Volumes.WorkingCopies.Publishing;

/// <summary>
/// Tells what a container saw and has no more. Only that goes with a directory that it removed: what others have put
/// there meanwhile stays.
/// </summary>
internal sealed class SeenEntries(ChangeSet found, CommittedEntries committed, BaseTree below, VolumePath subPath)
{
    /// <param name="path">In the volume, and below the directory that is shown.</param>
    public bool WasRemoved(VolumePath path)
    {
        string shown = subPath.IsRoot ? path.Text : path.Text[(subPath.Text.Length + 1)..];
        if (found.Holds(shown))
        {
            return false;
        }

        return committed.TryGet(shown, out CommittedEntry last)
            ? last.IsInVolume
            : !committed.HidesBase(shown) && below.Find(shown) is not null;
    }
}
