using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Volumes;
using Appliance.Native.Directories;
using Appliance.Volumes.Trees;
using Appliance.Volumes.WorkingCopies.Mounting;
using Appliance.Volumes.WorkingCopies.Publishing;

namespace Appliance.Volumes.WorkingCopies;

/// <summary>
/// Exchanges the version that a container sees. The old one is unmounted first: only the kernel knows for certain
/// whether anything there is in use. What was changed up to that moment is committed before the new one is mounted, so
/// that nothing has to be carried over.
/// </summary>
internal sealed class VersionSwitch(MetadataStore store, VolumeTrees trees, SubPaths subPaths, ChangeCommitter committer, TimeProvider clock)
{
    // A commit that took longer than this leaves much for the one that the container has to wait for.
    private static readonly TimeSpan ShortCommit = TimeSpan.FromMilliseconds(200);
    private const int CommitsMax = 3;

    public async Task<WorkingCopyCommit> RunAsync(WorkingCopyState state, Func<Task<IAsyncDisposable>>? pause, CancellationToken cancellation)
    {
        WorkingCopyCommit outcome = await CommitAsync(state, cancellation).ConfigureAwait(false);
        await subPaths.EnsureAsync(state.Record.VolumeId, state.SubPath, cancellation).ConfigureAwait(false);
        VolumeView next = await trees.OpenViewAsync(state.Record.VolumeId, cancellation).ConfigureAwait(false);
        IAsyncDisposable? paused = pause is null ? null : await pause().ConfigureAwait(false);
        try
        {
            if (!await ShownMount.TryDetachAsync(state.Record.MountPoint, clock, cancellation).ConfigureAwait(false))
            {
                throw new ApplianceException(
                    ErrorKind.FailedPrecondition, $"Volume '{state.Record.VolumeId}' cannot be reloaded: there are open files preventing the operation.");
            }

            (WorkingCopyCommit rest, next) = await TakeRestAsync(state, next).ConfigureAwait(false);
            await ShowAsync(state, next).ConfigureAwait(false);
            return Join(outcome, rest);
        }
        catch
        {
            if (state.View != next)
            {
                next.Dispose();
            }

            if (!ShownMount.IsThere(state.Record.MountPoint))
            {
                ShownMount.Attach(state.View, state.Record.MountPoint, state.SubPath, state.Record.IsReadOnly, state.Layout);
            }

            throw;
        }
        finally
        {
            if (paused is not null)
            {
                await paused.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static WorkingCopyCommit Join(WorkingCopyCommit first, WorkingCopyCommit second) => new(
        second.Version ?? first.Version,
        first.Entries + second.Entries,
        first.Removals + second.Removals,
        first.Bytes + second.Bytes,
        second.Deferred,
        second.Skipped);

    private async Task<WorkingCopyCommit> CommitAsync(WorkingCopyState state, CancellationToken cancellation)
    {
        WorkingCopyCommit sum = WorkingCopyCommit.Nothing;
        for (int commits = 1; ; commits++)
        {
            long start = clock.GetTimestamp();
            sum = Join(sum, await committer.CommitAsync(state, CommitOccasion.Requested, cancellation).ConfigureAwait(false));
            if (commits == CommitsMax || clock.GetElapsedTime(start) < ShortCommit)
            {
                return sum;
            }
        }
    }

    /// <summary>Commits what was changed between the commit and the unmounting. Nobody can write any more.</summary>
    private async Task<(WorkingCopyCommit Outcome, VolumeView Next)> TakeRestAsync(WorkingCopyState state, VolumeView next)
    {
        WorkingCopyCommit rest = await committer.CommitAsync(state, CommitOccasion.Final, CancellationToken.None).ConfigureAwait(false);
        if (rest.Version is null)
        {
            return (rest, next);
        }

        VolumeView newer = await trees.OpenViewAsync(state.Record.VolumeId, CancellationToken.None).ConfigureAwait(false);
        next.Dispose();
        return (rest, newer);
    }

    /// <summary>Mounts the new version. A crash on the way leaves nothing mounted, and adoption mounts what is noted then.</summary>
    private async Task ShowAsync(WorkingCopyState state, VolumeView next)
    {
        WorkingCopyLayout old = state.Layout;
        VolumeView oldView = state.View;
        var shown = new ShownVersion(state.Record.Shown.Generation + 1, next.Version, next.LayerNumbers);
        new WorkingCopyLayout(state.Record.Directory, shown.Generation).Create(VolumeMount.ModeOf(next, state.SubPath));
        await store.WriteAsync(write => WorkingCopyRows.SetShown(write, state.Record.Id, shown), CancellationToken.None).ConfigureAwait(false);
        state.NoteShown(shown, next);
        ShownMount.Attach(next, state.Record.MountPoint, state.SubPath, state.Record.IsReadOnly, state.Layout);
        oldView.Dispose();
        TreeRemoval.Remove(old.Generation);
    }
}
