using System.Collections.Concurrent;
using Appliance.Contents;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Volumes;
using Appliance.Native.Clocks;
using Appliance.Native.Directories;
using Appliance.Native.Mounts;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Trees;
using Appliance.Volumes.WorkingCopies.Changes;
using Appliance.Volumes.WorkingCopies.Mounting;
using Appliance.Volumes.WorkingCopies.Publishing;

namespace Appliance.Volumes.WorkingCopies;

/// <summary>Opens volumes for containers, takes up those of containers that outlived the last run, and clears away the rest.</summary>
public sealed class VolumeWorkingCopies : IAsyncDisposable
{
    private readonly MetadataStore store;
    private readonly VolumeTrees trees;
    private readonly SubPaths subPaths;
    private readonly ChangeCommitter committer;
    private readonly VersionSwitch versionSwitch;
    private readonly MountRoom room = new();
    private readonly string bootId = BootId.Read();
    private readonly ConcurrentDictionary<string, VolumeWorkingCopy> open = new(StringComparer.Ordinal);

    public VolumeWorkingCopies(MetadataStore store, ContentStore contents, VolumeCommitter committer, VolumeTrees trees, TimeProvider clock)
    {
        this.store = store;
        this.trees = trees;
        subPaths = new SubPaths(store, committer);
        this.committer = new ChangeCommitter(store, contents, committer, clock);
        versionSwitch = new VersionSwitch(store, trees, subPaths, this.committer, clock);
    }

    /// <summary>One that is open; null when there is none of that id.</summary>
    public VolumeWorkingCopy? Find(string id) => open.GetValueOrDefault(id);

    /// <summary>Mounts the newest version of a volume for a container. No byte is copied.</summary>
    /// <exception cref="ApplianceException">
    /// NotFound: the volume. AlreadyExists: the id. FailedPrecondition: the sub path is a file.
    /// </exception>
    /// <exception cref="IOException">The kernel refuses to mount; HResult is the errno.</exception>
    public async Task<VolumeWorkingCopy> OpenAsync(WorkingCopyRequest request, CancellationToken cancellation)
    {
        await subPaths.EnsureAsync(request.VolumeId, request.SubPath, cancellation).ConfigureAwait(false);
        VolumeView view = await trees.OpenViewAsync(request.VolumeId, cancellation).ConfigureAwait(false);
        var record = new WorkingCopyRecord(
            request.Id,
            request.VolumeId,
            request.SubPath.Text,
            request.IsReadOnly,
            Path.GetFullPath(request.Directory),
            Path.GetFullPath(request.MountPoint),
            bootId,
            CommitNumber: 0,
            new ShownVersion(1, view.Version, view.LayerNumbers));
        var state = new WorkingCopyState(record, view, new CommittedEntries());
        try
        {
            await AddAsync(record).ConfigureAwait(false);
        }
        catch
        {
            view.Dispose();
            throw;
        }

        try
        {
            state.Layout.Create(VolumeMount.ModeOf(view, state.SubPath));
            room.Enter(record.MountPoint);
            ShownMount.Attach(view, record.MountPoint, state.SubPath, record.IsReadOnly, state.Layout);
            return Keep(state);
        }
        catch
        {
            await RemoveAsync(state).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes up a working copy whose container has outlived the last run, with all that was not committed.</summary>
    /// <exception cref="ApplianceException">NotFound: there is none, or only of an earlier boot.</exception>
    public Task<VolumeWorkingCopy> AdoptAsync(string id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        WorkingCopyRecord? record = store.Read(read => WorkingCopyRows.Find(read, id));
        if (record is null || record.BootId != bootId || open.ContainsKey(id))
        {
            throw new ApplianceException(ErrorKind.NotFound, $"There is no working copy '{id}' to take up.");
        }

        WorkingCopyState state = Resume(record);
        if (!ShownMount.IsThere(record.MountPoint))
        {
            // The last run ended in the middle of a reload.
            room.Enter(record.MountPoint);
            ShownMount.Attach(state.View, record.MountPoint, state.SubPath, record.IsReadOnly, state.Layout);
        }

        return Task.FromResult(Keep(state));
    }

    /// <summary>Commits and removes what containers left that are gone. What fails stays for the next time.</summary>
    /// <param name="isInUse">Whether the container of a working copy, named by its id, still runs or is about to.</param>
    /// <param name="report">Told of each that failed.</param>
    /// <param name="cancellation">Leaves the rest for the next time.</param>
    public async Task SweepAsync(Func<string, bool> isInUse, Action<Exception> report, CancellationToken cancellation)
    {
        foreach (WorkingCopyRecord record in store.Read(WorkingCopyRows.List))
        {
            if (open.TryGetValue(record.Id, out VolumeWorkingCopy? copy) ? !copy.IsLeft : isInUse(record.Id))
            {
                continue;
            }

            try
            {
                await (copy is null ? SweepAsync(record, cancellation) : copy.CloseAsync(CloseMode.Commit, cancellation)).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is ApplianceException or IOException or UnauthorizedAccessException)
            {
                report(failure);
            }
        }
    }

    /// <summary>Lets go of all; they stay mounted for their containers.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (VolumeWorkingCopy copy in open.Values)
        {
            await copy.DisposeAsync().ConfigureAwait(false);
        }

        open.Clear();
    }

    private async Task AddAsync(WorkingCopyRecord record)
    {
        bool isNew = await store.WriteAsync(
            write =>
            {
                if (WorkingCopyRows.Find(write, record.Id) is not null)
                {
                    return false;
                }

                WorkingCopyRows.Add(write, record);
                return true;
            },
            CancellationToken.None).ConfigureAwait(false);
        if (!isNew)
        {
            throw new ApplianceException(ErrorKind.AlreadyExists, $"There is a working copy '{record.Id}' already.");
        }
    }

    private async Task SweepAsync(WorkingCopyRecord record, CancellationToken cancellation)
    {
        if (record.BootId != bootId)
        {
            // After a failure of power, what was not committed may be on the disk in part, which is worse than not at all.
            await store.WriteAsync(write => WorkingCopyRows.Remove(write, record.Id), CancellationToken.None).ConfigureAwait(false);
            TreeRemoval.Remove(record.Directory);
            return;
        }

        bool isThere = Directory.Exists(new WorkingCopyLayout(record.Directory, record.Shown.Generation).Changes);
        await using VolumeWorkingCopy copy = Keep(Resume(record));
        try
        {
            await copy.CloseAsync(isThere ? CloseMode.Commit : CloseMode.Discard, cancellation).ConfigureAwait(false);
        }
        finally
        {
            open.TryRemove(record.Id, out _);
        }
    }

    private WorkingCopyState Resume(WorkingCopyRecord record)
    {
        new WorkingCopyLayout(record.Directory, record.Shown.Generation).Clean(record.CommitNumber);
        return WorkingCopyState.Load(record, trees.ResumeView(record.VolumeId, record.Shown));
    }

    private VolumeWorkingCopy Keep(WorkingCopyState state)
    {
        var copy = new VolumeWorkingCopy(state, committer, versionSwitch, RemoveAsync);
        open[copy.Id] = copy;
        return copy;
    }

    /// <summary>Forgets it first: a half-removed directory must never be taken for what a container removed.</summary>
    private async Task RemoveAsync(WorkingCopyState state)
    {
        WorkingCopyRecord record = state.Record;
        await store.WriteAsync(write => WorkingCopyRows.Remove(write, record.Id), CancellationToken.None).ConfigureAwait(false);
        open.TryRemove(record.Id, out _);
        FileSystemMount.DetachAll(record.MountPoint);
        room.Leave(record.MountPoint);
        state.View.Dispose();
        TreeRemoval.Remove(record.Directory);
    }
}
