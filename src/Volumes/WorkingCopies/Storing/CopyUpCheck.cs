using Appliance.Native.Files;
using Appliance.Volumes.WorkingCopies.Changes;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Volumes.WorkingCopies.Storing;

/// <summary>
/// Tells files that a container only opened for writing: the kernel has copied them, with their times. What others have
/// made of such a file since is not to be undone by that.
/// </summary>
internal sealed class CopyUpCheck(SealedDirectory changes, BaseTree below, TimeProvider clock)
{
    public async Task<bool> IsUnchangedAsync(ChangedEntry entry, CommitOccasion occasion, CancellationToken cancellation)
    {
        FileStatus status = entry.Status;
        bool looksLikeIt = below.Find(entry.Path) is { Kind: FileKind.File } present
            && present.SizeBytes == status.SizeBytes && present.ModifiedAt == status.ModifiedAt && present.Mode == status.Mode;
        if (!looksLikeIt)
        {
            return false;
        }

        using SafeFileHandle? own = changes.TryOpenFile(entry.Path);
        using SafeFileHandle? original = below.TryOpenFile(entry.Path);
        if (own is null || original is null)
        {
            return false;
        }

        if (occasion != CommitOccasion.Final
            && (await FileRest.TryAwaitAsync(own, entry.Path, clock, cancellation).ConfigureAwait(false) is not { } rested || !FileRest.IsSame(rested, status)))
        {
            return false;
        }

        await using Stream mine = new FileBeginning(own, status.SizeBytes, cancellation);
        await using Stream theirs = new FileBeginning(original, status.SizeBytes, cancellation);
        return await ByteComparison.AreEqualAsync(mine, theirs, cancellation).ConfigureAwait(false)
            && CommittedEntry.Of(FileStatus.Of(own)) == CommittedEntry.Of(status);
    }
}
