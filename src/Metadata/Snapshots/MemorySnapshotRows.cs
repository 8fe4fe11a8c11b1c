using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Snapshots;

/// <summary>The table of memory snapshots: whole ones, failed ones, and those that are being made.</summary>
public static class MemorySnapshotRows
{
    private const string Columns = """
        SELECT id, workspace_id, task_id, call_key, sandbox_id, app_id, name, definition, created_at, image_id, failure
        FROM memory_snapshots
        """;

    public static MemorySnapshotRecord? Find(ReadTransaction read, MemorySnapshotId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>The one that a call asked for.</summary>
    public static MemorySnapshotRecord? Find(ReadTransaction read, TaskId task, string callKey) =>
        read.Prepare(Columns + " WHERE task_id = ? AND call_key = ?").Bind(task.Text).Bind(callKey).ReadFirst(ReadRow);

    /// <summary>The one that is being made of a container.</summary>
    public static MemorySnapshotRecord? FindPending(ReadTransaction read, TaskId task) =>
        read.Prepare(Columns + " WHERE task_id = ? AND image_id IS NULL AND failure IS NULL").Bind(task.Text).ReadFirst(ReadRow);

    /// <summary>Those that are being made of sandboxes which have ended.</summary>
    public static IReadOnlyList<MemorySnapshotRecord> ListPendingOfEnded(ReadTransaction read) => read.Prepare(Columns + """
         WHERE image_id IS NULL AND failure IS NULL AND sandbox_id IN (SELECT id FROM sandboxes WHERE ended_at IS NOT NULL)
        """).ReadAll(ReadRow);

    /// <summary>Those that have files: whole ones whose image can still be used, and those that are being made.</summary>
    public static IReadOnlyList<string> ListIds(ReadTransaction read, DateTimeOffset now) => read.Prepare("""
        SELECT s.id FROM memory_snapshots s LEFT JOIN images i ON i.id = s.image_id
        WHERE s.failure IS NULL AND (s.image_id IS NULL OR i.removed_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > ?))
        """).Bind(now).ReadAll(row => row.GetText(0));

    public static void Add(WriteTransaction write, MemorySnapshotRecord record) => write.Prepare("""
        INSERT INTO memory_snapshots (id, workspace_id, task_id, call_key, sandbox_id, app_id, name, definition, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
        .Bind(record.Id.Text).Bind(record.WorkspaceId.Text).Bind(record.TaskId.Text).Bind(record.CallKey).Bind(record.SandboxId.Text)
        .Bind(record.AppId.Text).Bind(record.Name).Bind(record.Definition).Bind(record.CreatedAt).Run();

    /// <summary>It is whole.</summary>
    public static void SetImage(WriteTransaction write, MemorySnapshotId id, ImageId image) =>
        write.Prepare("UPDATE memory_snapshots SET image_id = ? WHERE id = ? AND failure IS NULL").Bind(image.Text).Bind(id.Text).Run();

    /// <summary>There will be none; nothing happens when it is whole.</summary>
    public static void SetFailure(WriteTransaction write, MemorySnapshotId id, string failure) =>
        write.Prepare("UPDATE memory_snapshots SET failure = ? WHERE id = ? AND image_id IS NULL").Bind(failure).Bind(id.Text).Run();

    private static MemorySnapshotRecord ReadRow(Statement row) => new(
        MemorySnapshotId.FromText(row.GetText(0)),
        WorkspaceId.FromText(row.GetText(1)),
        TaskId.FromText(row.GetText(2)),
        row.GetText(3),
        SandboxId.FromText(row.GetText(4)),
        AppId.FromText(row.GetText(5)),
        row.GetTextOrNull(6),
        row.GetBytes(7),
        row.GetTime(8),
        row.IsNull(9) ? null : ImageId.FromText(row.GetText(9)),
        row.GetTextOrNull(10));
}
