using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Calls;

/// <summary>The table of inputs.</summary>
public static class InputRows
{
    private const string Columns = """
        SELECT id, call_id, function_id, position, method, attempt, losses, due_at, task_id, started_at, number, status, ended_at FROM inputs
        """;

    private const string ResultColumns = """
        SELECT i.id, i.call_id, i.function_id, i.position, i.method, i.attempt, i.losses, i.due_at, i.task_id, i.started_at, i.number, i.status,
            i.ended_at, r.format, r.body, r.message
        FROM inputs i JOIN input_results r ON r.input_id = i.id
        """;

    public static InputRecord? Find(ReadTransaction read, InputId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>In the order of the call.</summary>
    public static IReadOnlyList<InputRecord> List(ReadTransaction read, FunctionCallId call, int countMax) =>
        read.Prepare(Columns + " WHERE call_id = ? ORDER BY position LIMIT ?").Bind(call.Text).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>How many inputs of a call have ended, by how.</summary>
    public static Dictionary<InputStatus, int> CountByStatus(ReadTransaction read, FunctionCallId call)
    {
        using Statement rows = read.Prepare("SELECT status, count(*) FROM inputs WHERE call_id = ? AND status IS NOT NULL GROUP BY status").Bind(call.Text);
        Dictionary<InputStatus, int> counts = [];
        while (rows.Step())
        {
            counts[(InputStatus)rows.GetInteger(0)] = (int)rows.GetInteger(1);
        }

        return counts;
    }

    /// <summary>All that have no result, oldest first.</summary>
    public static IReadOnlyList<InputRecord> ListOpen(ReadTransaction read) =>
        read.Prepare(Columns + " WHERE status IS NULL ORDER BY id").ReadAll(ReadRow);

    /// <summary>Those of a call that have no result.</summary>
    public static IReadOnlyList<InputRecord> ListOpen(ReadTransaction read, FunctionCallId call) =>
        read.Prepare(Columns + " WHERE call_id = ? AND status IS NULL").Bind(call.Text).ReadAll(ReadRow);

    /// <summary>Some of an app that have no result.</summary>
    public static IReadOnlyList<InputRecord> ListOpen(ReadTransaction read, AppId app, int countMax) => read.Prepare(Columns + """
         WHERE status IS NULL AND function_id IN (SELECT DISTINCT function_id FROM calls WHERE app_id = ?) LIMIT ?
        """).Bind(app.Text).Bind((long)countMax).ReadAll(ReadRow);

    public static void Add(WriteTransaction write, InputRecord record, InputArguments arguments)
    {
        write.Prepare("""
            INSERT INTO inputs (id, call_id, function_id, position, method, attempt, losses, due_at) VALUES (?, ?, ?, ?, ?, 0, 0, ?)
            """)
            .Bind(record.Id.Text).Bind(record.CallId.Text).Bind(record.FunctionId.Text).Bind((long)record.Position)
            .Bind(record.Method).Bind(record.DueAt).Run();
        Statement row = write.Prepare("INSERT INTO input_arguments (input_id, format, body, blob_id) VALUES (?, ?, ?, ?)")
            .Bind(record.Id.Text).Bind((long)arguments.Format);
        row = arguments.Body is { } body ? row.Bind(body) : row.BindNull();
        row.Bind(arguments.BlobId).Run();
    }

    public static InputArguments? FindArguments(ReadTransaction read, InputId id) =>
        read.Prepare("SELECT format, body, blob_id FROM input_arguments WHERE input_id = ?").Bind(id.Text).ReadFirst(row =>
            new InputArguments((int)row.GetInteger(0), row.IsNull(1) ? null : row.GetBytes(1), row.GetTextOrNull(2)));

    /// <summary>A container has it now.</summary>
    public static void SetClaimed(WriteTransaction write, InputId id, TaskId task, DateTimeOffset startedAt) =>
        write.Prepare("UPDATE inputs SET task_id = ?, started_at = ? WHERE id = ? AND status IS NULL")
            .Bind(task.Text).Bind(startedAt).Bind(id.Text).Run();

    /// <summary>It is to be done again. False when it has a result meanwhile.</summary>
    public static bool SetAgain(WriteTransaction write, InputId id, int attempt, int losses, DateTimeOffset dueAt) =>
        write.Prepare("UPDATE inputs SET task_id = NULL, attempt = ?, losses = ?, due_at = ? WHERE id = ? AND status IS NULL")
            .Bind((long)attempt).Bind((long)losses).Bind(dueAt).Bind(id.Text).Run() > 0;

    /// <summary>Notes the result of an input that has none yet.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="call">Whose input it is.</param>
    /// <param name="id">Of the input.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="format">Of what came back, in the client's numbers.</param>
    /// <param name="body">The result in the client's form.</param>
    /// <param name="message">What went wrong, where the server says so.</param>
    /// <param name="task">Who worked on it, where that is not noted yet.</param>
    /// <param name="startedAt">Since when.</param>
    /// <returns>False when it has one, or is gone.</returns>
    public static bool End(
        WriteTransaction write, FunctionCallId call, InputId id, InputStatus status, int format, byte[]? body, string? message,
        TaskId? task = null, DateTimeOffset? startedAt = null)
    {
        int ended = write.Prepare("""
            UPDATE inputs SET status = ?, ended_at = ?, task_id = coalesce(?, task_id), started_at = coalesce(?, started_at),
                number = (SELECT done_count + 1 FROM calls WHERE id = ?)
            WHERE id = ? AND status IS NULL
            """)
            .Bind((long)status).Bind(write.Now).Bind(task?.Text).Bind(startedAt).Bind(call.Text).Bind(id.Text).Run();
        if (ended == 0)
        {
            return false;
        }

        CallRows.AddResult(write, call);
        Statement row = write.Prepare("INSERT INTO input_results (input_id, format, body, message) VALUES (?, ?, ?, ?)")
            .Bind(id.Text).Bind((long)format);
        row = body is { } given ? row.Bind(given) : row.BindNull();
        row.Bind(message).Run();
        write.Prepare("DELETE FROM input_arguments WHERE input_id = ?").Bind(id.Text).Run();
        return true;
    }

    /// <summary>Results of a call after the one with that number, in their order; at least one if there is one.</summary>
    /// <param name="read">The transaction.</param>
    /// <param name="call">Whose.</param>
    /// <param name="after">0 for the first.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="bytesMax">How large they may be together, roughly.</param>
    public static IReadOnlyList<InputResult> ListResults(ReadTransaction read, FunctionCallId call, int after, int countMax, long bytesMax) =>
        ReadResults(
            read.Prepare(ResultColumns + " WHERE i.call_id = ? AND i.number > ? ORDER BY i.number LIMIT ?").Bind(call.Text).Bind((long)after).Bind((long)countMax),
            bytesMax);

    /// <summary>Results of the inputs at some positions of a call, as far as there are any.</summary>
    public static IReadOnlyList<InputResult> ListResultsAt(ReadTransaction read, FunctionCallId call, int first, int last, long bytesMax) =>
        ReadResults(
            read.Prepare(ResultColumns + " WHERE i.call_id = ? AND i.position BETWEEN ? AND ? AND i.number IS NOT NULL ORDER BY i.position")
                .Bind(call.Text).Bind((long)first).Bind((long)last),
            bytesMax);

    private static List<InputResult> ReadResults(Statement rows, long bytesMax)
    {
        using (rows)
        {
            List<InputResult> results = [];
            for (long bytes = 0; bytes < bytesMax && rows.Step(); bytes += results[^1].Body?.Length ?? 0)
            {
                results.Add(new InputResult(
                    ReadRow(rows), (int)rows.GetInteger(13), rows.IsNull(14) ? null : rows.GetBytes(14), rows.GetTextOrNull(15)));
            }

            return results;
        }
    }

    private static InputRecord ReadRow(Statement row) => new(
        InputId.FromText(row.GetText(0)),
        FunctionCallId.FromText(row.GetText(1)),
        FunctionId.FromText(row.GetText(2)),
        (int)row.GetInteger(3),
        row.GetText(4),
        (int)row.GetInteger(5),
        (int)row.GetInteger(6),
        row.GetTime(7),
        row.GetTextOrNull(8) is { } task ? TaskId.FromText(task) : null,
        row.GetTimeOrNull(9),
        row.IsNull(10) ? null : (int)row.GetInteger(10),
        row.IsNull(11) ? null : (InputStatus)row.GetInteger(11),
        row.GetTimeOrNull(12));
}
