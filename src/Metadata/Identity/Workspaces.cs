using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Identity;

/// <summary>The table of workspaces.</summary>
public static class Workspaces
{
    private const string Columns = "SELECT id, name, created_at FROM workspaces";

    public static WorkspaceRecord? Find(ReadTransaction read, WorkspaceId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    public static WorkspaceRecord? FindByName(ReadTransaction read, string name) =>
        read.Prepare(Columns + " WHERE name = ?").Bind(name).ReadFirst(ReadRow);

    public static IReadOnlyList<WorkspaceRecord> List(ReadTransaction read) =>
        read.Prepare(Columns + " ORDER BY name").ReadAll(ReadRow);

    /// <summary>The workspace of this name, created if there is none.</summary>
    public static WorkspaceRecord Ensure(WriteTransaction write, string name)
    {
        if (FindByName(write, name) is { } existing)
        {
            return existing;
        }

        var record = new WorkspaceRecord(ObjectId.Mint<WorkspaceId>(), name, write.Now);
        write.Prepare("INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, ?)")
            .Bind(record.Id.Text).Bind(record.Name).Bind(record.CreatedAt).Run();
        return record;
    }

    private static WorkspaceRecord ReadRow(Statement row) =>
        new(WorkspaceId.FromText(row.GetText(0)), row.GetText(1), row.GetTime(2));
}
