using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Functions;

/// <summary>What answers web requests for a host.</summary>
/// <param name="Name">The first label of host names, or a whole host name; in lower case.</param>
/// <param name="FunctionId">Who answers.</param>
/// <param name="Method">Of a class; empty for a plain function.</param>
/// <param name="NeedsToken">Whether callers must prove themselves.</param>
public sealed record WebName(string Name, FunctionId FunctionId, string Method, bool NeedsToken);

/// <summary>The table of names of web functions.</summary>
public static class WebNameRows
{
    private const string Columns = "SELECT name, function_id, method, needs_token FROM web_names";

    public static WebName? Find(ReadTransaction read, string name) => read.Prepare(Columns + " WHERE name = ?").Bind(name).ReadFirst(ReadRow);

    /// <summary>A name of a function; null when it has none.</summary>
    public static WebName? FindFirst(ReadTransaction read, FunctionId function) =>
        read.Prepare(Columns + " WHERE function_id = ? ORDER BY name").Bind(function.Text).ReadFirst(ReadRow);

    public static IReadOnlyList<WebName> List(ReadTransaction read, FunctionId function) =>
        read.Prepare(Columns + " WHERE function_id = ? ORDER BY name").Bind(function.Text).ReadAll(ReadRow);

    /// <summary>Gives a name to a function; whoever had it loses it.</summary>
    public static void Put(WriteTransaction write, WebName name) => write.Prepare("""
        INSERT INTO web_names (name, function_id, method, needs_token) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET function_id = excluded.function_id, method = excluded.method, needs_token = excluded.needs_token
        """)
        .Bind(name.Name).Bind(name.FunctionId.Text).Bind(name.Method).Bind(name.NeedsToken).Run();

    public static void Delete(WriteTransaction write, string name) => write.Prepare("DELETE FROM web_names WHERE name = ?").Bind(name).Run();

    public static void DeleteAll(WriteTransaction write, FunctionId function) =>
        write.Prepare("DELETE FROM web_names WHERE function_id = ?").Bind(function.Text).Run();

    private static WebName ReadRow(Statement row) => new(row.GetText(0), FunctionId.FromText(row.GetText(1)), row.GetText(2), row.GetBoolean(3));
}
