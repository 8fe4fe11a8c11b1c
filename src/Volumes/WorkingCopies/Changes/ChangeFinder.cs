using Appliance.Native.Files;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.WorkingCopies.Changes;

/// <summary>Finds what a container has changed since the last commit, while it may go on.</summary>
internal static class ChangeFinder
{
    // A file that is moved while the directories are read can be missed at both places. Looking again finds it, unless
    // the container never rests; then what was missed is found by the next commit.
    private const int WalksMax = 3;

    /// <param name="changes">The overlay's upper directory.</param>
    /// <param name="committed">What the last commit found there.</param>
    /// <param name="below">The version below.</param>
    /// <param name="subPath">The directory of the volume that is shown.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static ChangeSet Find(
        SealedDirectory changes, CommittedEntries committed, BaseTree below, VolumePath subPath, CancellationToken cancellation)
    {
        for (int walks = 1; ; walks++)
        {
            var walk = new ChangeWalk(changes, committed, below, subPath);
            ChangeSet found = walk.Run(cancellation);
            if (walks == WalksMax || walk.IsSettled())
            {
                return found;
            }
        }
    }
}
