using Appliance.Metadata.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Transfers;
using Appliance.Volumes.WorkingCopies.Changes;
using Appliance.Volumes.WorkingCopies.Storing;

namespace Appliance.Volumes.WorkingCopies.Publishing;

/// <summary>
/// The steps that bring a container's changes into the newest version, whatever others have made of it: of each file, the
/// last commit wins, also where one has a file and the other a directory.
/// </summary>
internal sealed class ChangeSteps(CommitScope scope, SeenEntries seen, VolumePath subPath)
{
    private const int PageLength = 200;

    private readonly HashSet<string> sureDirectories = [""];

    public IEnumerable<CommitStep> Steps(StagedChanges staged)
    {
        foreach (SeenRemoval removal in staged.Removals)
        {
            VolumePath path = VolumePath.Read(subPath.IsRoot ? removal.Path : $"{subPath.Text}/{removal.Path}");
            foreach (CommitStep step in RemoveSeen.Steps(scope, path, removal.IncludesItself, seen))
            {
                yield return step;
            }
        }

        foreach (StagedItem item in staged.Items)
        {
            foreach (CommitStep step in MakeRoom(item))
            {
                yield return step;
            }

            Put(item);
            yield return default;
        }
    }

    /// <summary>Whether the volume has just that. A directory's time changes with what is in it, and is not worth a row.</summary>
    public static bool IsThere(VolumeEntryRecord? present, StagedItem item) => present is not null && present.Kind == item.Kind && item.Kind switch
    {
        VolumeEntryKind.Directory => present.Mode == item.Mode,
        VolumeEntryKind.SymbolicLink => present.Target == item.Target,
        _ => VolumeEntry.ContentOf(present) == item.Content && present.Mode == item.Mode && present.ModifiedAt == item.ModifiedAt,
    };

    private void Put(StagedItem item)
    {
        if (IsThere(scope.FindNow(item.Path), item))
        {
            return;
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
                scope.PutFile(item.Path, item.Content, item.Mode, item.ModifiedAt);
                break;
        }
    }

    /// <summary>Removes what others have put in the way: a file where a directory must be, or the other way round.</summary>
    private IEnumerable<CommitStep> MakeRoom(StagedItem item)
    {
        foreach (VolumePath above in FilesAbove(item.Path))
        {
            scope.Remove(above);
            yield return default;
        }

        VolumeEntryRecord? present = scope.FindNow(item.Path);
        if (present is null || (present.Kind == VolumeEntryKind.Directory) == (item.Kind == VolumeEntryKind.Directory))
        {
            yield break;
        }

        if (present.Kind == VolumeEntryKind.Directory)
        {
            foreach (VolumeEntryRecord below in TreeWalk.Below(scope, item.Path, PageLength))
            {
                scope.Remove(VolumePath.Of(below));
                yield return default;
            }
        }

        scope.Remove(item.Path);
        yield return default;
    }

    private List<VolumePath> FilesAbove(VolumePath path)
    {
        List<VolumePath> files = [];
        for (VolumePath above = path.Parent; sureDirectories.Add(above.Text); above = above.Parent)
        {
            if (scope.FindNow(above) is { Kind: not VolumeEntryKind.Directory })
            {
                files.Add(above);
            }
        }

        return files;
    }
}
