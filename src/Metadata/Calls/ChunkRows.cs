using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Calls;

/// <summary>The table of what calls yielded piece by piece.</summary>
public static class ChunkRows
{
    /// <summary>Adds a piece; one that comes again stays as it was.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="call">Whose it is.</param>
    /// <param name="number">From 1.</param>
    /// <param name="body">In the client's form.</param>
    public static void Add(WriteTransaction write, FunctionCallId call, long number, ReadOnlySpan<byte> body) =>
        write.Prepare("INSERT OR IGNORE INTO call_chunks (call_id, number, body) VALUES (?, ?, ?)")
            .Bind(call.Text).Bind(number).Bind(body).Run();

    /// <summary>Pieces after the one with that number, in order.</summary>
    public static IReadOnlyList<byte[]> List(ReadTransaction read, FunctionCallId call, long after, int countMax) =>
        read.Prepare("SELECT body FROM call_chunks WHERE call_id = ? AND number > ? ORDER BY number LIMIT ?")
            .Bind(call.Text).Bind(after).Bind((long)countMax).ReadAll(row => row.GetBytes(0));

    /// <summary>Forgets what was yielded: the work begins anew.</summary>
    public static void DeleteAll(WriteTransaction write, FunctionCallId call) =>
        write.Prepare("DELETE FROM call_chunks WHERE call_id = ?").Bind(call.Text).Run();
}
