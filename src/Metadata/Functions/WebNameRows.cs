using Appliance.Core.Ids.Functions;
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
    public static WebName? Find(ReadTransaction read, string name) =>
        read.Prepare("SELECT name, function_id, method, needs_token FROM web_names WHERE name = ?").Bind(name)
            .ReadFirst(row => new WebName(row.GetText(0), FunctionId.FromText(row.GetText(1)), row.GetText(2), row.GetBoolean(3)));

    /// <summary>Gives a name to a function; whoever had it loses it.</summary>
    public static void Put(WriteTransaction write, WebName name) => write.Prepare("""
        INSERT INTO web_names (name, function_id, method, needs_token) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET function_id = excluded.function_id, method = excluded.method, needs_token = excluded.needs_token
        """)
        .Bind(name.Name).Bind(name.FunctionId.Text).Bind(name.Method).Bind(name.NeedsToken).Run();

    public static void DeleteAll(WriteTransaction write, FunctionId function) =>
        write.Prepare("DELETE FROM web_names WHERE function_id = ?").Bind(function.Text).Run();
}
