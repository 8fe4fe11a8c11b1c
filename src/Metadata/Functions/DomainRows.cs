using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Functions;

/// <summary>A host name that a user noted as their own.</summary>
/// <param name="Id">Its own.</param>
/// <param name="WorkspaceId">Whose.</param>
/// <param name="Name">In lower case.</param>
/// <param name="CreatedAt">When it was noted.</param>
public sealed record DomainRecord(DomainId Id, WorkspaceId WorkspaceId, string Name, DateTimeOffset CreatedAt);

/// <summary>The table of those names. What answers at them is in that of web names.</summary>
public static class DomainRows
{
    private const string Columns = "SELECT id, workspace_id, name, created_at FROM domains WHERE workspace_id = ?";

    public static DomainRecord? Find(ReadTransaction read, WorkspaceId workspace, DomainId id) =>
        read.Prepare(Columns + " AND id = ?").Bind(workspace.Text).Bind(id.Text).ReadFirst(ReadRow);

    public static DomainRecord? Find(ReadTransaction read, WorkspaceId workspace, string name) =>
        read.Prepare(Columns + " AND name = ?").Bind(workspace.Text).Bind(name).ReadFirst(ReadRow);

    /// <summary>By name.</summary>
    public static IReadOnlyList<DomainRecord> List(ReadTransaction read, WorkspaceId workspace) =>
        read.Prepare(Columns + " ORDER BY name").Bind(workspace.Text).ReadAll(ReadRow);

    public static void Add(WriteTransaction write, DomainRecord record) =>
        write.Prepare("INSERT INTO domains (id, workspace_id, name, created_at) VALUES (?, ?, ?, ?)")
            .Bind(record.Id.Text).Bind(record.WorkspaceId.Text).Bind(record.Name).Bind(record.CreatedAt).Run();

    private static DomainRecord ReadRow(Statement row) =>
        new(DomainId.FromText(row.GetText(0)), WorkspaceId.FromText(row.GetText(1)), row.GetText(2), row.GetTime(3));
}
