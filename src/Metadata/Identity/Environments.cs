using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Identity;

/// <summary>The table of environments.</summary>
public static class Environments
{
    private const string Columns = """
        SELECT id, workspace_id, name, webhook_suffix, image_builder_version, is_default, created_at, created_by
        FROM environments
        """;

    public static EnvironmentRecord? Find(ReadTransaction read, EnvironmentId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    public static EnvironmentRecord? FindByName(ReadTransaction read, WorkspaceId workspace, string name) =>
        read.Prepare(Columns + " WHERE workspace_id = ? AND name = ?").Bind(workspace.Text).Bind(name).ReadFirst(ReadRow);

    public static EnvironmentRecord? FindDefault(ReadTransaction read, WorkspaceId workspace) =>
        read.Prepare(Columns + " WHERE workspace_id = ? AND is_default = 1").Bind(workspace.Text).ReadFirst(ReadRow);

    public static IReadOnlyList<EnvironmentRecord> List(ReadTransaction read, WorkspaceId workspace) =>
        read.Prepare(Columns + " WHERE workspace_id = ? ORDER BY name").Bind(workspace.Text).ReadAll(ReadRow);

    /// <summary>Adds a new environment. To get or create, look for the name first in the same transaction.</summary>
    /// <exception cref="ApplianceException">AlreadyExists: the workspace has one of this name, or a default.</exception>
    public static void Add(WriteTransaction write, EnvironmentRecord record)
    {
        EnsureNameIsFree(write, record);
        if (record.Role == EnvironmentRole.Default && FindDefault(write, record.WorkspaceId) is { } present)
        {
            throw new ApplianceException(
                ErrorKind.AlreadyExists,
                $"Environment '{record.Name}' cannot be the default: '{present.Name}' is. Create it as a named one.");
        }

        write.Prepare("""
            INSERT INTO environments
                (id, workspace_id, name, webhook_suffix, image_builder_version, is_default, created_at, created_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .Bind(record.Id.Text).Bind(record.WorkspaceId.Text).Bind(record.Name).Bind(record.WebhookSuffix)
            .Bind(record.ImageBuilderVersion).Bind((long)record.Role).Bind(record.CreatedAt).Bind(record.CreatedBy?.Text)
            .Run();
    }

    /// <summary>Stores name, webhook suffix and image builder version; the other columns never change.</summary>
    /// <exception cref="ApplianceException">AlreadyExists: the name is taken. NotFound: no such environment.</exception>
    public static void Update(WriteTransaction write, EnvironmentRecord record)
    {
        EnsureNameIsFree(write, record);
        int changed = write.Prepare(
                "UPDATE environments SET name = ?, webhook_suffix = ?, image_builder_version = ? WHERE id = ?")
            .Bind(record.Name).Bind(record.WebhookSuffix).Bind(record.ImageBuilderVersion).Bind(record.Id.Text)
            .Run();
        if (changed == 0)
        {
            throw new ApplianceException(ErrorKind.NotFound, $"Environment '{record.Id}' does not exist (any more).");
        }
    }

    /// <summary>There is one default at a time.</summary>
    public static void MakeDefault(WriteTransaction write, EnvironmentRecord record)
    {
        write.Prepare("UPDATE environments SET is_default = 0 WHERE workspace_id = ? AND is_default = 1").Bind(record.WorkspaceId.Text).Run();
        write.Prepare("UPDATE environments SET is_default = 1 WHERE id = ?").Bind(record.Id.Text).Run();
    }

    /// <summary>False when there was none. What lives in the environment must have been removed before.</summary>
    public static bool Delete(WriteTransaction write, EnvironmentId id) =>
        write.Prepare("DELETE FROM environments WHERE id = ?").Bind(id.Text).Run() > 0;

    private static void EnsureNameIsFree(WriteTransaction write, EnvironmentRecord record)
    {
        if (FindByName(write, record.WorkspaceId, record.Name) is { } holder && holder.Id != record.Id)
        {
            throw new ApplianceException(
                ErrorKind.AlreadyExists, $"Environment '{record.Name}' already exists: choose another name.");
        }
    }

    private static EnvironmentRecord ReadRow(Statement row) => new(
        EnvironmentId.FromText(row.GetText(0)),
        WorkspaceId.FromText(row.GetText(1)),
        row.GetText(2),
        row.GetText(3),
        row.GetText(4),
        (EnvironmentRole)row.GetInteger(5),
        row.GetTime(6),
        row.GetTextOrNull(7) is { } creator ? TokenId.FromText(creator) : null);
}
