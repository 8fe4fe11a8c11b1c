using Appliance.Blocks;
using Appliance.Contents;
using Appliance.Metadata.Volumes;
using Appliance.Native.Files;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Transfers;
using Appliance.Volumes.WorkingCopies.Changes;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Volumes.WorkingCopies.Storing;

/// <summary>Stores the bytes of what one commit found changed, several files at a time.</summary>
internal sealed class ChangeStager(
    ContentStore contents, TimeProvider clock, SealedDirectory changes, BaseTree below, CommittedEntries committed, VolumePath subPath)
{
    private readonly FileIntake intake = new(contents, clock);
    private readonly CopyUpCheck copyUps = new(changes, below, clock);
    private readonly Dictionary<ulong, Task<StoredFile?>> byInode = [];

    public async Task<StagedChanges> StageAsync(ChangeSet found, CommitOccasion occasion, CancellationToken cancellation)
    {
        var staged = new StagedChanges { Removals = found.Removals };
        await using var work = new OrderedWork<Outcome>(outcome => Take(outcome, found, staged));
        foreach (ChangedEntry entry in found.Puts)
        {
            cancellation.ThrowIfCancellationRequested();
            bool isFile = entry.Status.Kind == FileKind.File;
            await work.AddAsync(
                () => isFile ? StoreAsync(entry, occasion, cancellation) : Task.FromResult(Describe(entry)),
                isFile ? Math.Min(entry.Status.SizeBytes, BlockLimits.LengthBytesMax) : 0).ConfigureAwait(false);
        }

        await work.DrainAsync().ConfigureAwait(false);
        return staged;
    }

    private async Task<Outcome> StoreAsync(ChangedEntry entry, CommitOccasion occasion, CancellationToken cancellation)
    {
        if (!committed.Has(entry.Path) && await copyUps.IsUnchangedAsync(entry, occasion, cancellation).ConfigureAwait(false))
        {
            return new Outcome(entry, null, entry.Status);
        }

        Task<StoredFile?> storing;
        lock (byInode)
        {
            // Further names of a file are read once.
            if (entry.Status.LinkCount == 1 || !byInode.TryGetValue(entry.Status.Inode, out storing!))
            {
                storing = Task.Run(() => intake.TryStoreAsync(changes, entry.Path, IsLikelyKnown(entry), occasion, cancellation), cancellation);
                byInode[entry.Status.Inode] = storing;
            }
        }

        return await storing.ConfigureAwait(false) is { } stored
            ? new Outcome(entry, Item(entry.Path, VolumeEntryKind.File, stored.Status) with { Content = stored.Content }, stored.Status)
            : new Outcome(entry, null, null);
    }

    private Outcome Describe(ChangedEntry entry)
    {
        if (entry.Status.Kind == FileKind.Directory)
        {
            return new Outcome(entry, Item(entry.Path, VolumeEntryKind.Directory, entry.Status), entry.Status);
        }

        return ReadTarget(entry.Path) is { } target
            ? new Outcome(entry, Item(entry.Path, VolumeEntryKind.SymbolicLink, entry.Status) with { Target = target }, entry.Status)
            : new Outcome(entry, null, null);
    }

    private StagedItem Item(string path, VolumeEntryKind kind, FileStatus status) => new(
        VolumePath.Read(subPath.IsRoot ? path : $"{subPath.Text}/{path}"),
        kind,
        status.Mode & TreeItem.AllPermissions,
        TreeItem.ToStored(status.ModifiedAt));

    private string? ReadTarget(string path)
    {
        int slash = path.LastIndexOf('/');
        using SafeFileHandle? directory = changes.TryOpenDirectory(slash < 0 ? "" : path[..slash]);
        return directory is null ? null : new FileInfo($"/proc/self/fd/{directory.DangerousGetHandle()}/{path[(slash + 1)..]}").LinkTarget;
    }

    /// <summary>Whether it is worth while to look for equal bytes: of another length, it was surely written anew.</summary>
    private bool IsLikelyKnown(ChangedEntry entry) => committed.TryGet(entry.Path, out CommittedEntry last)
        ? last.SizeBytes == entry.Status.SizeBytes
        : below.Find(entry.Path) is not { } present || present.SizeBytes == entry.Status.SizeBytes;

    private void Take(Outcome outcome, ChangeSet found, StagedChanges staged)
    {
        string path = outcome.Entry.Path;
        if (outcome.Item is { } item)
        {
            staged.Items.Add(item);
        }

        if (outcome.Committed is not { } status)
        {
            staged.Deferred.Add(path);
            if (committed.TryGet(path, out CommittedEntry last))
            {
                // What the volume has there stays what it was.
                found.After.Set(path, last);
            }
        }
        else if (status.Kind != FileKind.Directory)
        {
            found.After.Set(path, CommittedEntry.Of(status));
        }
    }

    /// <param name="Entry">What was found.</param>
    /// <param name="Item">What is to be written; null for nothing.</param>
    /// <param name="Committed">What it was when it was read; null when it could not be read as it was at one moment.</param>
    private sealed record Outcome(ChangedEntry Entry, StagedItem? Item, FileStatus? Committed);
}
