using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Sandboxes;

/// <summary>The table of sandboxes.</summary>
public static class SandboxRows
{
    private const string Columns = """
        SELECT id, task_id, workspace_id, created_by, environment_id, app_id, name, definition, created_at, started_at,
            ready_at, ended_at, ending, exit_code, message, function_id
        FROM sandboxes
        """;

    /// <summary>The sandbox, if it belongs to the workspace.</summary>
    public static SandboxRecord? Find(ReadTransaction read, WorkspaceId workspace, SandboxId id) =>
        read.Prepare(Columns + " WHERE id = ? AND workspace_id = ? AND function_id IS NULL").Bind(id.Text).Bind(workspace.Text).ReadFirst(ReadRow);

    /// <summary>The sandbox whose container has the id.</summary>
    public static SandboxRecord? FindByTask(ReadTransaction read, TaskId task) =>
        read.Prepare(Columns + " WHERE task_id = ?").Bind(task.Text).ReadFirst(ReadRow);

    /// <summary>The running sandbox of a name; or, if wanted, the newest that ever had it.</summary>
    public static SandboxRecord? FindByName(ReadTransaction read, AppId app, string name, bool includeEnded) => read
        .Prepare(Columns + " WHERE app_id = ? AND name = ? AND (? OR ended_at IS NULL) ORDER BY created_at DESC LIMIT 1")
        .Bind(app.Text).Bind(name).Bind(includeEnded ? 1L : 0L).ReadFirst(ReadRow);

    /// <summary>Those that have not ended.</summary>
    public static IReadOnlyList<SandboxRecord> ListLive(ReadTransaction read) =>
        read.Prepare(Columns + " WHERE ended_at IS NULL").ReadAll(ReadRow);

    /// <summary>Those of an app that have not ended.</summary>
    public static IReadOnlyList<SandboxRecord> ListLive(ReadTransaction read, AppId app) =>
        read.Prepare(Columns + " WHERE app_id = ? AND ended_at IS NULL").Bind(app.Text).ReadAll(ReadRow);

    /// <summary>Those that ended before a moment and after another, the oldest first; none of which an image is still to be made.</summary>
    public static IReadOnlyList<SandboxRecord> ListEnded(ReadTransaction read, DateTimeOffset after, DateTimeOffset before, int countMax) => read
        .Prepare(Columns + """
             WHERE ended_at > ? AND ended_at < ?
                AND NOT EXISTS (SELECT 1 FROM exit_snapshots e WHERE e.sandbox_id = sandboxes.id AND e.image_id IS NULL AND e.failure IS NULL)
            ORDER BY ended_at LIMIT ?
            """)
        .Bind(after).Bind(before).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>A page, newest first.</summary>
    /// <param name="read">The transaction.</param>
    /// <param name="query">Which.</param>
    public static IReadOnlyList<SandboxRecord> List(ReadTransaction read, SandboxQuery query)
    {
        Statement rows = read.Prepare(Columns + """
             WHERE function_id IS NULL AND environment_id = ? AND created_at < ? AND (? = '' OR app_id = ?) AND (? OR ended_at IS NULL)
                AND (SELECT count(*) FROM sandbox_tags t JOIN json_each(?) wanted
                    ON t.name = wanted.value ->> 0 AND t.value = wanted.value ->> 1 WHERE t.sandbox_id = sandboxes.id) = ?
            ORDER BY created_at DESC LIMIT ?
            """);
        string app = query.AppId?.Text ?? "";
        return rows
            .Bind(query.EnvironmentId.Text).Bind(query.CreatedBefore).Bind(app).Bind(app)
            .Bind(query.IncludesEnded ? 1L : 0L).Bind(TagList.Write(query.Tags)).Bind((long)query.Tags.Count)
            .Bind((long)query.CountMax).ReadAll(ReadRow);
    }

    /// <summary>Adds a sandbox at a moment that no other of its environment has.</summary>
    /// <returns>The record as it was stored.</returns>
    public static SandboxRecord Add(WriteTransaction write, SandboxRecord record)
    {
        DateTimeOffset createdAt = Later(record.CreatedAt, FindNewest(write, record.EnvironmentId));
        write.Prepare("""
            INSERT INTO sandboxes (id, task_id, workspace_id, created_by, environment_id, app_id, name, definition, created_at, function_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .Bind(record.Id.Text).Bind(record.TaskId.Text).Bind(record.WorkspaceId.Text).Bind(record.CreatedBy.Text)
            .Bind(record.EnvironmentId.Text).Bind(record.AppId.Text)
            .Bind(record.Name).Bind(record.Definition).Bind(createdAt).Bind(record.FunctionId?.Text).Run();
        return record with { CreatedAt = createdAt };
    }

    public static void SetName(WriteTransaction write, SandboxId id, string name) =>
        write.Prepare("UPDATE sandboxes SET name = ? WHERE id = ?").Bind(name).Bind(id.Text).Run();

    public static void SetDefinition(WriteTransaction write, SandboxId id, byte[] definition) =>
        write.Prepare("UPDATE sandboxes SET definition = ? WHERE id = ?").Bind(definition).Bind(id.Text).Run();

    public static void SetStarted(WriteTransaction write, SandboxId id, DateTimeOffset at) =>
        write.Prepare("UPDATE sandboxes SET started_at = coalesce(started_at, ?) WHERE id = ?").Bind(at).Bind(id.Text).Run();

    public static void SetReady(WriteTransaction write, SandboxId id, DateTimeOffset at) =>
        write.Prepare("UPDATE sandboxes SET ready_at = coalesce(ready_at, ?) WHERE id = ?").Bind(at).Bind(id.Text).Run();

    /// <summary>Notes why it is being ended; the first reason counts. False when it has ended, or has a reason.</summary>
    public static bool SetEnding(WriteTransaction write, SandboxId id, SandboxEnding ending) =>
        write.Prepare("UPDATE sandboxes SET ending = ? WHERE id = ? AND ended_at IS NULL AND ending IS NULL")
            .Bind((long)ending).Bind(id.Text).Run() > 0;

    /// <summary>Notes the end; a reason noted before stays.</summary>
    public static void End(WriteTransaction write, SandboxId id, SandboxEnding ending, int exitCode, string? message) => write.Prepare("""
        UPDATE sandboxes SET ended_at = ?, ending = coalesce(ending, ?), exit_code = ?, message = ? WHERE id = ? AND ended_at IS NULL
        """)
        .Bind(write.Now).Bind((long)ending).Bind((long)exitCode).Bind(message).Bind(id.Text).Run();

    public static void Delete(WriteTransaction write, SandboxId id)
    {
        SandboxTags.Replace(write, id, []);
        write.Prepare("DELETE FROM sandboxes WHERE id = ?").Bind(id.Text).Run();
    }

    private static DateTimeOffset? FindNewest(ReadTransaction read, EnvironmentId environment)
    {
        using Statement row = read.Prepare("SELECT max(created_at) FROM sandboxes WHERE environment_id = ?").Bind(environment.Text);
        return row.Step() ? row.GetTimeOrNull(0) : null;
    }

    private static DateTimeOffset Later(DateTimeOffset time, DateTimeOffset? other) =>
        other is { } taken && time <= taken ? taken.AddMicroseconds(1) : time;

    private static SandboxRecord ReadRow(Statement row) => new(
        SandboxId.FromText(row.GetText(0)),
        TaskId.FromText(row.GetText(1)),
        WorkspaceId.FromText(row.GetText(2)),
        TokenId.FromText(row.GetText(3)),
        EnvironmentId.FromText(row.GetText(4)),
        AppId.FromText(row.GetText(5)),
        row.GetTextOrNull(6),
        row.GetBytes(7),
        row.GetTime(8),
        row.GetTimeOrNull(9),
        row.GetTimeOrNull(10),
        row.GetTimeOrNull(11),
        row.IsNull(12) ? null : (SandboxEnding)row.GetInteger(12),
        row.IsNull(13) ? 0 : (int)row.GetInteger(13),
        row.GetTextOrNull(14),
        row.GetTextOrNull(15) is { } function ? FunctionId.FromText(function) : null);
}
