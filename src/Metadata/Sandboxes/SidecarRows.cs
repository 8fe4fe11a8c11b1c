using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Sandboxes;

/// <summary>The table of containers beside the main ones of sandboxes.</summary>
public static class SidecarRows
{
    private const string Columns = "SELECT id, task_id, name, definition, created_at, ended_at, ending, exit_code, message FROM sidecars";

    public static SidecarRecord? Find(ReadTransaction read, SidecarId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>All of a sandbox, the oldest first.</summary>
    public static IReadOnlyList<SidecarRecord> List(ReadTransaction read, TaskId task) =>
        read.Prepare(Columns + " WHERE task_id = ? ORDER BY created_at").Bind(task.Text).ReadAll(ReadRow);

    public static void Add(WriteTransaction write, SidecarRecord record) =>
        write.Prepare("INSERT INTO sidecars (id, task_id, name, definition, created_at) VALUES (?, ?, ?, ?, ?)")
            .Bind(record.Id.Text).Bind(record.TaskId.Text).Bind(record.Name).Bind(record.Definition).Bind(record.CreatedAt).Run();

    /// <summary>Notes why it is being ended; the first reason counts.</summary>
    public static void SetEnding(WriteTransaction write, SidecarId id, SandboxEnding ending) =>
        write.Prepare("UPDATE sidecars SET ending = coalesce(ending, ?) WHERE id = ? AND ended_at IS NULL").Bind((long)ending).Bind(id.Text).Run();

    /// <summary>Notes the end; a reason noted before stays.</summary>
    public static void End(WriteTransaction write, SidecarId id, SandboxEnding ending, int exitCode, string message) => write.Prepare("""
        UPDATE sidecars SET ended_at = ?, ending = coalesce(ending, ?), exit_code = ?, message = ? WHERE id = ? AND ended_at IS NULL
        """)
        .Bind(write.Now).Bind((long)ending).Bind((long)exitCode).Bind(message).Bind(id.Text).Run();

    /// <summary>Removes all of a sandbox that is removed itself.</summary>
    public static void Delete(WriteTransaction write, TaskId task) =>
        write.Prepare("DELETE FROM sidecars WHERE task_id = ?").Bind(task.Text).Run();

    private static SidecarRecord ReadRow(Statement row) => new(
        SidecarId.FromText(row.GetText(0)),
        TaskId.FromText(row.GetText(1)),
        row.GetText(2),
        row.GetBytes(3),
        row.GetTime(4),
        row.GetTimeOrNull(5),
        row.IsNull(6) ? null : (SandboxEnding)row.GetInteger(6),
        row.IsNull(7) ? 0 : (int)row.GetInteger(7),
        row.GetTextOrNull(8) ?? "");
}

/// <summary>The row of one container beside a sandbox's main one.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TaskId">Of the main container.</param>
/// <param name="Name">Unique among the running ones of the sandbox.</param>
/// <param name="Definition">What it was asked to be, in the engine's own form.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="EndedAt">Null while it runs.</param>
/// <param name="Ending">How it ended, or is being ended.</param>
/// <param name="ExitCode">Of its first process, once it has ended.</param>
/// <param name="Message">What there is to say about the end, for people.</param>
public sealed record SidecarRecord(
    SidecarId Id,
    TaskId TaskId,
    string Name,
    byte[] Definition,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt = null,
    SandboxEnding? Ending = null,
    int ExitCode = 0,
    string Message = "");
