using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Calls;

/// <summary>The table of calls.</summary>
public static class CallRows
{
    private const string Columns = """
        SELECT id, function_id, app_id, workspace_id, kind, parent_input_id, created_at, input_count, done_count, is_canceled FROM calls
        """;

    public static CallRecord? Find(ReadTransaction read, FunctionCallId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<CallRecord> List(ReadTransaction read, FunctionId function, int countMax) =>
        read.Prepare(Columns + " WHERE function_id = ? ORDER BY created_at DESC LIMIT ?").Bind(function.Text).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>What the work on an input called.</summary>
    public static IReadOnlyList<CallRecord> ListOfParent(ReadTransaction read, InputId parent) =>
        read.Prepare(Columns + " WHERE parent_input_id = ?").Bind(parent.Text).ReadAll(ReadRow);

    /// <summary>Some calls of an app.</summary>
    public static IReadOnlyList<CallRecord> ListOfApp(ReadTransaction read, AppId app, int countMax) =>
        read.Prepare(Columns + " WHERE app_id = ? LIMIT ?").Bind(app.Text).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>Those that ended before a moment, oldest first.</summary>
    public static IReadOnlyList<CallRecord> ListEnded(ReadTransaction read, DateTimeOffset before, int countMax) =>
        read.Prepare(Columns + " WHERE ended_at < ? ORDER BY ended_at LIMIT ?").Bind(before).Bind((long)countMax).ReadAll(ReadRow);

    public static void Add(WriteTransaction write, CallRecord record) => write.Prepare("""
        INSERT INTO calls (id, function_id, app_id, workspace_id, kind, parent_input_id, created_at, input_count, done_count, is_canceled)
        VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0)
        """)
        .Bind(record.Id.Text).Bind(record.FunctionId.Text).Bind(record.AppId.Text).Bind(record.WorkspaceId.Text)
        .Bind((long)record.Kind).Bind(record.ParentInputId?.Text).Bind(record.CreatedAt).Run();

    public static void AddInputs(WriteTransaction write, FunctionCallId id, int count) =>
        write.Prepare("UPDATE calls SET input_count = input_count + ?, ended_at = NULL WHERE id = ?").Bind((long)count).Bind(id.Text).Run();

    /// <summary>Counts one more result.</summary>
    public static void AddResult(WriteTransaction write, FunctionCallId id) => write.Prepare("""
        UPDATE calls SET done_count = done_count + 1, ended_at = CASE WHEN done_count + 1 >= input_count THEN ? ELSE NULL END WHERE id = ?
        """)
        .Bind(write.Now).Bind(id.Text).Run();

    public static void SetCanceled(WriteTransaction write, FunctionCallId id) =>
        write.Prepare("UPDATE calls SET is_canceled = 1 WHERE id = ?").Bind(id.Text).Run();

    /// <summary>Removes a call with everything of it.</summary>
    public static void Delete(WriteTransaction write, FunctionCallId id)
    {
        write.Prepare("DELETE FROM input_arguments WHERE input_id IN (SELECT id FROM inputs WHERE call_id = ?)").Bind(id.Text).Run();
        write.Prepare("DELETE FROM input_results WHERE input_id IN (SELECT id FROM inputs WHERE call_id = ?)").Bind(id.Text).Run();
        write.Prepare("DELETE FROM inputs WHERE call_id = ?").Bind(id.Text).Run();
        write.Prepare("DELETE FROM call_chunks WHERE call_id = ?").Bind(id.Text).Run();
        write.Prepare("DELETE FROM calls WHERE id = ?").Bind(id.Text).Run();
    }

    private static CallRecord ReadRow(Statement row) => new(
        FunctionCallId.FromText(row.GetText(0)),
        FunctionId.FromText(row.GetText(1)),
        AppId.FromText(row.GetText(2)),
        WorkspaceId.FromText(row.GetText(3)),
        (CallKind)row.GetInteger(4),
        row.GetTextOrNull(5) is { } parent ? InputId.FromText(parent) : null,
        row.GetTime(6),
        (int)row.GetInteger(7),
        (int)row.GetInteger(8),
        row.GetBoolean(9));
}
