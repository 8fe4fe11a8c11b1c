using Appliance.Contents;
using Appliance.Metadata;
using Appliance.Metadata.Volumes;
using Appliance.Native.Files;
using Appliance.Volumes.Commits;
using Appliance.Volumes.WorkingCopies.Changes;
using Appliance.Volumes.WorkingCopies.Storing;

namespace Appliance.Volumes.WorkingCopies.Publishing;

/// <summary>
/// Makes a new version of a volume of what a container changed. A crash at any point leaves either no trace, or the new
/// version and the knowledge of what is in it: both become true in one transaction.
/// </summary>
internal sealed class ChangeCommitter(MetadataStore store, ContentStore contents, VolumeCommitter committer, TimeProvider clock)
{
    /// <exception cref="Core.Errors.ApplianceException">NotFound: the volume was deleted. ResourceExhausted: the disk is full.</exception>
    public async Task<WorkingCopyCommit> CommitAsync(WorkingCopyState state, CommitOccasion occasion, CancellationToken cancellation)
    {
        if (state.Record.IsReadOnly)
        {
            return WorkingCopyCommit.Nothing;
        }

        // The walk below takes as long as there are changes; the caller's thread is not kept for it.
        await Task.Yield();
        store.Read(read => VolumeCatalog.Get(read, state.Record.VolumeId));
        using SealedDirectory changes = SealedDirectory.Open(state.Layout.Changes);
        using BaseTree below = BaseTree.Open(state.View, state.SubPath);
        ChangeSet found = ChangeFinder.Find(changes, state.Committed, below, state.SubPath, cancellation);
        if (found.IsEmpty)
        {
            state.NoteSame(found.After);
            return WorkingCopyCommit.Nothing with { Skipped = found.Skipped };
        }

        using IDisposable hold = contents.Hold();
        var stager = new ChangeStager(contents, clock, changes, below, state.Committed, state.SubPath);
        StagedChanges staged = await stager.StageAsync(found, occasion, cancellation).ConfigureAwait(false);
        var outcome = new WorkingCopyCommit(
            null, staged.Items.Count, staged.Removals.Count, staged.Items.Sum(item => item.Content.SizeBytes), staged.Deferred, found.Skipped);
        if (staged.IsEmpty)
        {
            state.NoteSame(found.After);
            return outcome;
        }

        return outcome with { Version = await PublishAsync(state, found, staged, below, cancellation).ConfigureAwait(false) };
    }

    private async Task<long> PublishAsync(
        WorkingCopyState state, ChangeSet found, StagedChanges staged, BaseTree below, CancellationToken cancellation)
    {
        long version = 0;
        long number = state.Record.CommitNumber + 1;
        found.After.Write(state.Layout.Committed(number));
        var seen = new SeenEntries(found, state.Committed, below, state.SubPath);
        try
        {
            await committer.CommitAsync(
                state.Record.VolumeId,
                scope =>
                {
                    version = scope.Version;
                    return new ChangeSteps(scope, seen, state.SubPath).Steps(staged);
                },
                write => WorkingCopyRows.SetCommitNumber(write, state.Record.Id, number),
                cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (store.Read(read => WorkingCopyRows.Find(read, state.Record.Id))?.CommitNumber == number)
        {
            // It came too late: the version is there.
        }

        state.NoteCommit(number, found.After);
        return version;
    }
}
