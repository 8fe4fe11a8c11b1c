using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Trees;
using Appliance.Volumes.WorkingCopies.Changes;

namespace Appliance.Volumes.WorkingCopies;

/// <summary>What a working copy is at the moment.</summary>
internal sealed class WorkingCopyState(WorkingCopyRecord record, VolumeView view, CommittedEntries committed)
{
    public WorkingCopyRecord Record { get; private set; } = record;

    /// <summary>The version that is mounted.</summary>
    public VolumeView View { get; private set; } = view;

    public CommittedEntries Committed { get; private set; } = committed;

    public VolumePath SubPath { get; } = VolumePath.Read(record.SubPath);

    public WorkingCopyLayout Layout => new(Record.Directory, Record.Shown.Generation);

    /// <summary>What was kept by an earlier process.</summary>
    public static WorkingCopyState Load(WorkingCopyRecord record, VolumeView view)
    {
        string list = new WorkingCopyLayout(record.Directory, record.Shown.Generation).Committed(record.CommitNumber);
        return new WorkingCopyState(record, view, File.Exists(list) ? CommittedEntries.Read(list) : new CommittedEntries());
    }

    public void NoteCommit(long number, CommittedEntries after)
    {
        File.Delete(Layout.Committed(Record.CommitNumber));
        Record = Record with { CommitNumber = number };
        Committed = after;
    }

    /// <summary>Nothing was committed, but more is known to be in the volume already.</summary>
    public void NoteSame(CommittedEntries after) => Committed = after;

    public void NoteShown(ShownVersion shown, VolumeView view)
    {
        Record = Record with { Shown = shown };
        View = view;
        Committed = new CommittedEntries();
    }
}
