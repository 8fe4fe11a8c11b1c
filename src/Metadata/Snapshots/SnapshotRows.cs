using Appliance.Core.Ids;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Snapshots;

/// <summary>The table of snapshots that clients asked for: a repeated call gets the image of the first.</summary>
public static class SnapshotRows
{
    public static ImageId? Find(ReadTransaction read, TaskId task, string snapshotId) =>
        read.Prepare("SELECT image_id FROM snapshots WHERE task_id = ? AND snapshot_id = ?")
            .Bind(task.Text).Bind(snapshotId).ReadFirst(row => row.GetText(0)) is { } text ? ImageId.FromText(text) : null;

    public static void Add(WriteTransaction write, TaskId task, string snapshotId, ImageId image) =>
        write.Prepare("INSERT INTO snapshots (task_id, snapshot_id, image_id) VALUES (?, ?, ?)")
            .Bind(task.Text).Bind(snapshotId).Bind(image.Text).Run();

    /// <summary>Forgets those of a sandbox that is removed; the images stay.</summary>
    public static void Delete(WriteTransaction write, TaskId task) =>
        write.Prepare("DELETE FROM snapshots WHERE task_id = ?").Bind(task.Text).Run();
}
