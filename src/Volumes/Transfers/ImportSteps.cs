using Appliance.Core.Errors;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;

namespace Appliance.Volumes.Transfers;

/// <summary>The steps that put what was staged into a volume.</summary>
internal static class ImportSteps
{
    /// <exception cref="ApplianceException">AlreadyExists: another file is there and must stay. FailedPrecondition: a file where a directory must be.</exception>
    public static IEnumerable<CommitStep> Steps(CommitScope scope, ImportJournal journal, ImportOrder order)
    {
        scope.EnsureDirectory(order.To);
        foreach (StagedItem item in journal.Read())
        {
            Put(scope, item, order);
            yield return default;
        }
    }

    /// <summary>Whether the entry is there already, as far as its bytes go.</summary>
    public static bool Conflicts(VolumeEntryRecord? present, StagedItem item) => present is not null
        && (present.Kind != item.Kind
            || (item.Kind == VolumeEntryKind.File && VolumeEntry.ContentOf(present) != item.Content)
            || (item.Kind == VolumeEntryKind.SymbolicLink && present.Target != item.Target));

    public static ApplianceException Conflict(VolumePath path) => new(
        ErrorKind.AlreadyExists,
        $"'{path}' is in the volume already and differs: add --force to replace such files, or put it elsewhere (another directory or volume). Nothing was changed.");

    private static void Put(CommitScope scope, StagedItem item, ImportOrder order)
    {
        StagedItem known = item.TwinOf is { } twin ? WithContentOf(scope, item, twin) : item;
        if (!order.Replaces && scope.Before.Head > 0 && item.Kind != VolumeEntryKind.Directory
            && Conflicts(VolumeReader.Find(scope.Write, scope.Before, item.Path), known))
        {
            throw Conflict(item.Path);
        }

        switch (item.Kind)
        {
            case VolumeEntryKind.Directory:
                scope.PutDirectory(item.Path, item.Mode, item.ModifiedAt);
                break;
            case VolumeEntryKind.SymbolicLink:
                scope.PutLink(item.Path, item.Target!, item.ModifiedAt);
                break;
            default:
                scope.PutFile(item.Path, known.Content, item.Mode, item.ModifiedAt);
                break;
        }
    }

    private static StagedItem WithContentOf(CommitScope scope, StagedItem item, VolumePath twin) =>
        scope.FindNow(twin) is { Kind: VolumeEntryKind.File } file
            ? item with { Content = VolumeEntry.ContentOf(file) }
            : throw new ApplianceException(
                ErrorKind.InvalidArgument, $"'{item.Path}' in the archive is a hard link to '{twin}', which is not in it before.");
}
