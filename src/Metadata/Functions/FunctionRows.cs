using Appliance.Core.Digests;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Functions;

/// <summary>The table of functions.</summary>
public static class FunctionRows
{
    private const string Columns = "SELECT id, app_id, tag, definition_id, base_id, parameters, options, scaling FROM functions";

    public static FunctionRecord? Find(ReadTransaction read, FunctionId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>What was bound from a function in just this way.</summary>
    public static FunctionRecord? FindBound(ReadTransaction read, FunctionId from, Digest binding) =>
        read.Prepare(Columns + " WHERE base_id = ? AND binding = ?").Bind(from.Text).Bind(binding).ReadFirst(ReadRow);

    /// <summary>All of an app, bound ones included.</summary>
    public static IReadOnlyList<FunctionRecord> List(ReadTransaction read, AppId app) =>
        read.Prepare(Columns + " WHERE app_id = ?").Bind(app.Text).ReadAll(ReadRow);

    /// <summary>All that have a definition.</summary>
    public static IReadOnlyList<FunctionRecord> ListDefined(ReadTransaction read) =>
        read.Prepare(Columns + " WHERE definition_id IS NOT NULL").ReadAll(ReadRow);

    public static void Add(WriteTransaction write, FunctionRecord record, Digest? binding = null)
    {
        Statement row = write.Prepare("INSERT INTO functions (id, app_id, tag, base_id, binding, parameters, options) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .Bind(record.Id.Text).Bind(record.AppId.Text).Bind(record.Tag).Bind(record.BaseId?.Text);
        row = binding is { } digest ? row.Bind(digest) : row.BindNull();
        row = record.Parameters is { } parameters ? row.Bind(parameters) : row.BindNull();
        (record.Options is { } options ? row.Bind(options) : row.BindNull()).Run();
    }

    /// <summary>From now on the function is that; what was changed about its scaling before is over.</summary>
    public static void SetDefinition(WriteTransaction write, FunctionId id, DefinitionId definition) =>
        write.Prepare("UPDATE functions SET definition_id = ?, scaling = NULL WHERE id = ?").Bind(definition.Text).Bind(id.Text).Run();

    /// <summary>It is no part of its app any more, though an earlier version may be taken back.</summary>
    public static void ClearDefinition(WriteTransaction write, FunctionId id) =>
        write.Prepare("UPDATE functions SET definition_id = NULL WHERE id = ?").Bind(id.Text).Run();

    public static void SetScaling(WriteTransaction write, FunctionId id, byte[] scaling) =>
        write.Prepare("UPDATE functions SET scaling = ? WHERE id = ?").Bind(scaling).Bind(id.Text).Run();

    public static void Delete(WriteTransaction write, FunctionId id)
    {
        write.Prepare("DELETE FROM function_definitions WHERE function_id = ?").Bind(id.Text).Run();
        WebNameRows.DeleteAll(write, id);
        ScheduleRows.Delete(write, id);
        write.Prepare("DELETE FROM functions WHERE id = ?").Bind(id.Text).Run();
    }

    private static FunctionRecord ReadRow(Statement row) => new(
        FunctionId.FromText(row.GetText(0)),
        AppId.FromText(row.GetText(1)),
        row.GetText(2),
        row.GetTextOrNull(3) is { } definition ? DefinitionId.FromText(definition) : null,
        row.GetTextOrNull(4) is { } from ? FunctionId.FromText(from) : null,
        row.IsNull(5) ? null : row.GetBytes(5),
        row.IsNull(6) ? null : row.GetBytes(6),
        row.IsNull(7) ? null : row.GetBytes(7));
}
