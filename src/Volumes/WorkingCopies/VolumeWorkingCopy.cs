using Appliance.Core.Errors;
using Appliance.Volumes.WorkingCopies.Publishing;

namespace Appliance.Volumes.WorkingCopies;

/// <summary>
/// A volume as one container sees it: the newest version at the time it was opened or reloaded, and the container's own
/// changes above it, which nobody else sees before they are committed. All members may be used from many threads at once.
/// </summary>
public sealed class VolumeWorkingCopy : IAsyncDisposable
{
    private readonly WorkingCopyState state;
    private readonly ChangeCommitter committer;
    private readonly VersionSwitch versionSwitch;
    private readonly Func<WorkingCopyState, Task> remove;
    private readonly SemaphoreSlim turn = new(1);
    private bool isClosed;

    internal VolumeWorkingCopy(WorkingCopyState state, ChangeCommitter committer, VersionSwitch versionSwitch, Func<WorkingCopyState, Task> remove)
    {
        this.state = state;
        this.committer = committer;
        this.versionSwitch = versionSwitch;
        this.remove = remove;
    }

    public string Id => state.Record.Id;

    public string VolumeId => state.Record.VolumeId;

    /// <summary>Where it is mounted on the machine.</summary>
    public string MountPoint => state.Record.MountPoint;

    public bool IsReadOnly => state.Record.IsReadOnly;

    /// <summary>The version below the container's changes.</summary>
    public long Version => state.Record.Shown.Version;

    /// <summary>Whether it was to be closed, and could not be: the next sweep tries again.</summary>
    internal bool IsLeft { get; private set; }

    /// <summary>
    /// Makes what the container changed a new version: durably, and all of it or nothing. Files that others have changed
    /// meanwhile keep that, unless the container changed them as well; then its own state wins. The container may go on.
    /// </summary>
    /// <exception cref="ApplianceException">NotFound: the volume was deleted. ResourceExhausted: the disk is full.</exception>
    public Task<WorkingCopyCommit> CommitAsync(CommitOccasion occasion, CancellationToken cancellation) =>
        TakeTurnAsync(() => committer.CommitAsync(state, occasion, cancellation), cancellation);

    /// <summary>Commits, then shows the newest version at the same place, while the container goes on.</summary>
    /// <param name="pause">
    /// Stops the container's processes until what it answers is disposed; null lets them run. For the milliseconds of the
    /// exchange a process that runs finds an empty directory that cannot be written to.
    /// </param>
    /// <param name="cancellation">Leaves what was shown before.</param>
    /// <exception cref="ApplianceException">
    /// FailedPrecondition: a process has a file, mapped memory or its working directory there; what it changed is
    /// committed. NotFound: the volume was deleted. ResourceExhausted: the disk is full.
    /// </exception>
    public Task<WorkingCopyCommit> ReloadAsync(Func<Task<IAsyncDisposable>>? pause, CancellationToken cancellation) =>
        TakeTurnAsync(() => versionSwitch.RunAsync(state, pause, cancellation), cancellation);

    /// <summary>Ends it when the container has ended: unmounts it, commits what it changed, and removes what is left.</summary>
    /// <exception cref="ApplianceException">
    /// NotFound: the volume was deleted; all the same, nothing is left. ResourceExhausted: the disk is full; the changes
    /// stay, and the next sweep tries again.
    /// </exception>
    public Task<WorkingCopyCommit> CloseAsync(CloseMode mode, CancellationToken cancellation) => TakeTurnAsync(
        async () =>
        {
            IsLeft = true;
            Native.Mounts.FileSystemMount.DetachAll(state.Record.MountPoint);
            WorkingCopyCommit outcome = WorkingCopyCommit.Nothing;
            try
            {
                if (mode == CloseMode.Commit)
                {
                    outcome = await committer.CommitAsync(state, CommitOccasion.Final, cancellation).ConfigureAwait(false);
                }
            }
            catch (ApplianceException gone) when (gone.Kind == ErrorKind.NotFound)
            {
                await EndAsync().ConfigureAwait(false);
                throw;
            }

            await EndAsync().ConfigureAwait(false);
            return outcome;
        },
        cancellation);

    /// <summary>Lets go of it when the server stops: it stays mounted for the container, until it is adopted or swept.</summary>
    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync().ConfigureAwait(false);
        isClosed = true;
        turn.Release();
    }

    private async Task EndAsync()
    {
        IsLeft = false;
        isClosed = true;
        await remove(state).ConfigureAwait(false);
    }

    private async Task<WorkingCopyCommit> TakeTurnAsync(Func<Task<WorkingCopyCommit>> work, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return isClosed
                ? throw new ApplianceException(ErrorKind.FailedPrecondition, $"The working copy '{Id}' of volume '{VolumeId}' is closed: its container has ended.")
                : await work().ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }
}
