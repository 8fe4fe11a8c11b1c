using Appliance.Core.Ids;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Snapshots;

/// <summary>The table of snapshots of sandboxes that have ended.</summary>
public static class ExitSnapshotRows
{
    public static ExitSnapshotRecord? Find(ReadTransaction read, SandboxId sandbox) =>
        read.Prepare("SELECT image_id, failure FROM exit_snapshots WHERE sandbox_id = ?")
            .Bind(sandbox.Text).ReadFirst(row => new ExitSnapshotRecord(row.GetTextOrNull(0), row.GetTextOrNull(1)));

    /// <summary>Those that were to be made when an earlier process ended.</summary>
    public static IReadOnlyList<TaskId> ListPending(ReadTransaction read) =>
        read.Prepare("""
            SELECT task_id FROM exit_snapshots JOIN sandboxes ON id = sandbox_id
            WHERE exit_snapshots.image_id IS NULL AND failure IS NULL
            """)
            .ReadAll(row => TaskId.FromText(row.GetText(0)));

    /// <summary>Notes that one is to be made.</summary>
    public static void Add(WriteTransaction write, SandboxId sandbox) =>
        write.Prepare("INSERT INTO exit_snapshots (sandbox_id) VALUES (?) ON CONFLICT DO NOTHING").Bind(sandbox.Text).Run();

    public static void Set(WriteTransaction write, SandboxId sandbox, ExitSnapshotRecord outcome) =>
        write.Prepare("UPDATE exit_snapshots SET image_id = ?, failure = ? WHERE sandbox_id = ?")
            .Bind(outcome.ImageId).Bind(outcome.Failure).Bind(sandbox.Text).Run();
}
