using Appliance.Contents;
using Appliance.Core.Progress;
using Appliance.Metadata;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;
using Appliance.Volumes.Transfers.Archives;

namespace Appliance.Volumes.Transfers;

/// <summary>
/// Puts a tree of files into a volume. First the bytes are stored, by content, which may take hours and changes no
/// volume; then one commit makes all of it visible. An import that was cut short finds what it had stored when it is
/// repeated.
/// </summary>
public sealed class VolumeImporter(MetadataStore store, ContentStore contents, VolumeCommitter committer)
{
    // What an archive holds below this is read into memory, so that several files are stored at a time.
    private const long FleetingBytesMax = 1024 * 1024;

    private readonly ContentIntake intake = new(contents);

    /// <exception cref="Core.Errors.ApplianceException">
    /// NotFound: the volume. AlreadyExists: other files are there, and are not to be replaced. What is wrong with the
    /// source. ResourceExhausted: the disk is full. In each case nothing is visible of the import.
    /// </exception>
    public async Task<ImportOutcome> ImportAsync(
        string volumeId, ImportOrder order, ITreeSource source, TransferProgress progress, CancellationToken cancellation)
    {
        store.Read(read => VolumeCatalog.Get(read, volumeId));
        using IDisposable hold = contents.Hold();
        using var journal = new ImportJournal(contents.Importer.NewPath());
        ImportOutcome outcome;
        try
        {
            outcome = await StageAsync(volumeId, order, source, journal, progress, cancellation).ConfigureAwait(false);
        }
        catch (EndOfStreamException fault)
        {
            throw ArchivePacking.Unreadable(fault);
        }

        if (journal.Count > 0)
        {
            await committer.CommitAsync(volumeId, scope => ImportSteps.Steps(scope, journal, order), _ => { }, cancellation).ConfigureAwait(false);
        }

        return outcome;
    }

    private async Task<ImportOutcome> StageAsync(
        string volumeId, ImportOrder order, ITreeSource source, ImportJournal journal, TransferProgress progress, CancellationToken cancellation)
    {
        ImportOutcome outcome = default;
        await using var work = new OrderedWork<StagedItem>(journal.Add);
        await foreach (TreeItem item in source.ReadAsync(progress, cancellation).ConfigureAwait(false))
        {
            StagedItem staged = StagedItem.Of(item, order.To);
            if (item.Kind != VolumeEntryKind.File)
            {
                await work.AddAsync(() => Task.FromResult(staged), 0).ConfigureAwait(false);
                outcome = item.Kind == VolumeEntryKind.Directory
                    ? outcome with { Directories = outcome.Directories + 1 }
                    : outcome with { Links = outcome.Links + 1 };
                continue;
            }

            VolumeEntryRecord? present = FindPresent(volumeId, staged.Path);
            if (IsUnchanged(present, item))
            {
                outcome = outcome with { Unchanged = outcome.Unchanged + 1 };
            }
            else
            {
                EnsureNoConflict(present, item, staged, order);
                await AddAsync(work, item, staged, cancellation).ConfigureAwait(false);
                outcome = outcome with { Files = outcome.Files + 1, Bytes = outcome.Bytes + item.SizeBytes };
            }

            progress.AddFile(item.SizeBytes);
        }

        await work.DrainAsync().ConfigureAwait(false);
        return outcome;
    }

    private VolumeEntryRecord? FindPresent(string volumeId, VolumePath path) => store.Read(read =>
        VolumeCatalog.Get(read, volumeId) is { Head: > 0 } volume ? VolumeReader.Find(read, volume, path) : null);

    private static bool IsUnchanged(VolumeEntryRecord? present, TreeItem item) => item.TwinOf is null
        && present is { Kind: VolumeEntryKind.File }
        && present.SizeBytes == item.SizeBytes && present.Mode == item.Mode && present.ModifiedAt == item.ModifiedAt;

    /// <summary>What is known to differ before it is read ends an import early; the commit looks again.</summary>
    private static void EnsureNoConflict(VolumeEntryRecord? present, TreeItem item, StagedItem staged, ImportOrder order)
    {
        bool differs = present is not null && item.TwinOf is null
            && (present.Kind != VolumeEntryKind.File || present.SizeBytes != item.SizeBytes);
        if (differs && !order.Replaces)
        {
            throw ImportSteps.Conflict(staged.Path);
        }
    }

    private async Task AddAsync(OrderedWork<StagedItem> work, TreeItem item, StagedItem staged, CancellationToken cancellation)
    {
        if (item.TwinOf is not null || item.SizeBytes == 0)
        {
            await work.AddAsync(() => Task.FromResult(staged), 0).ConfigureAwait(false);
        }
        else if (!item.IsFleeting)
        {
            await work.AddAsync(
                async () => staged with { Content = await intake.StoreAsync(item, cancellation).ConfigureAwait(false) },
                Math.Min(item.SizeBytes, Blocks.BlockLimits.LengthBytesMax)).ConfigureAwait(false);
        }
        else if (item.SizeBytes <= FleetingBytesMax)
        {
            byte[] bytes = new byte[item.SizeBytes];
            await item.Open().ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
            await work.AddAsync(
                async () => staged with { Content = await intake.StoreAsync(bytes, cancellation).ConfigureAwait(false) }, bytes.Length).ConfigureAwait(false);
        }
        else
        {
            FileContent content = await intake.StoreAsync(item, cancellation).ConfigureAwait(false);
            await work.AddAsync(() => Task.FromResult(staged with { Content = content }), 0).ConfigureAwait(false);
        }
    }
}
