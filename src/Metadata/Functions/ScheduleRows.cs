using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Functions;

/// <summary>The table of functions that run by themselves, and when each is to run next.</summary>
public static class ScheduleRows
{
    public static DateTimeOffset? FindNext(ReadTransaction read)
    {
        using Statement row = read.Prepare("SELECT min(next_at) FROM schedules");
        return row.Step() ? row.GetTimeOrNull(0) : null;
    }

    /// <summary>Those whose time has come, with that time.</summary>
    public static IReadOnlyList<(FunctionId Function, DateTimeOffset At)> ListDue(ReadTransaction read, DateTimeOffset now)
    {
        using Statement rows = read.Prepare("SELECT function_id, next_at FROM schedules WHERE next_at <= ? ORDER BY next_at").Bind(now);
        List<(FunctionId, DateTimeOffset)> due = [];
        while (rows.Step())
        {
            due.Add((FunctionId.FromText(rows.GetText(0)), rows.GetTime(1)));
        }

        return due;
    }

    public static void Put(WriteTransaction write, FunctionId function, DateTimeOffset next) => write.Prepare("""
        INSERT INTO schedules (function_id, next_at) VALUES (?, ?) ON CONFLICT (function_id) DO UPDATE SET next_at = excluded.next_at
        """)
        .Bind(function.Text).Bind(next).Run();

    public static void Delete(WriteTransaction write, FunctionId function) =>
        write.Prepare("DELETE FROM schedules WHERE function_id = ?").Bind(function.Text).Run();
}
