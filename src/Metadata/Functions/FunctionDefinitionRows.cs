using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Functions;

/// <summary>The table of what functions were defined as.</summary>
public static class FunctionDefinitionRows
{
    private const string Columns = "SELECT id, function_id, definition, sent FROM function_definitions";

    public static FunctionDefinitionRecord? Find(ReadTransaction read, DefinitionId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>What a function was defined as last, published or not.</summary>
    public static FunctionDefinitionRecord? FindNewest(ReadTransaction read, FunctionId function) =>
        read.Prepare(Columns + " WHERE function_id = ? ORDER BY id DESC LIMIT 1").Bind(function.Text).ReadFirst(ReadRow);

    public static void Add(WriteTransaction write, FunctionDefinitionRecord record) => write
        .Prepare("INSERT INTO function_definitions (id, function_id, definition, sent) VALUES (?, ?, ?, ?)")
        .Bind(record.Id.Text).Bind(record.FunctionId.Text).Bind(record.Definition).Bind(record.Sent).Run();

    private static FunctionDefinitionRecord ReadRow(Statement row) => new(
        DefinitionId.FromText(row.GetText(0)), FunctionId.FromText(row.GetText(1)), row.GetBytes(2), row.GetBytes(3));
}
