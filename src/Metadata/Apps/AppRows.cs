using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Apps;

/// <summary>The table of apps, running and stopped.</summary>
public static class AppRows
{
    private const string Columns = """
        SELECT id, workspace_id, environment_id, description, state, version, tags, created_at, created_by, deployed_at, stopped_at
        FROM apps
        """;

    public static AppRecord? Find(ReadTransaction read, AppId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<AppRecord> List(ReadTransaction read, EnvironmentId environment, int countMax) =>
        read.Prepare(Columns + " WHERE environment_id = ? ORDER BY created_at DESC LIMIT ?")
            .Bind(environment.Text).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>Those that stopped before a moment, oldest first.</summary>
    public static IReadOnlyList<AppRecord> ListStopped(ReadTransaction read, DateTimeOffset before, int countMax) =>
        read.Prepare(Columns + " WHERE stopped_at < ? ORDER BY stopped_at LIMIT ?").Bind(before).Bind((long)countMax).ReadAll(ReadRow);

    public static void Add(WriteTransaction write, AppRecord record) => write.Prepare("""
        INSERT INTO apps (id, workspace_id, environment_id, description, state, version, tags, created_at, created_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
        .Bind(record.Id.Text).Bind(record.WorkspaceId.Text).Bind(record.EnvironmentId.Text).Bind(record.Description)
        .Bind((long)record.State).Bind((long)record.Version).Bind(record.Tags).Bind(record.CreatedAt).Bind(record.CreatedBy).Run();

    public static void SetState(WriteTransaction write, AppId id, AppLife state) =>
        write.Prepare("UPDATE apps SET state = ? WHERE id = ?").Bind((long)state).Bind(id.Text).Run();

    /// <summary>It has a name from now on, and lives until it is stopped.</summary>
    public static void SetDeployed(WriteTransaction write, AppId id, string name) =>
        write.Prepare("UPDATE apps SET state = ?, description = ?, deployed_at = ? WHERE id = ?")
            .Bind((long)AppLife.Deployed).Bind(name).Bind(write.Now).Bind(id.Text).Run();

    public static void SetVersion(WriteTransaction write, AppId id, int version) =>
        write.Prepare("UPDATE apps SET version = ? WHERE id = ?").Bind((long)version).Bind(id.Text).Run();

    public static void SetTags(WriteTransaction write, AppId id, byte[] tags) =>
        write.Prepare("UPDATE apps SET tags = ? WHERE id = ?").Bind(tags).Bind(id.Text).Run();

    public static void Delete(WriteTransaction write, AppId id) =>
        write.Prepare("DELETE FROM apps WHERE id = ?").Bind(id.Text).Run();

    public static void SetStopped(WriteTransaction write, AppId id) =>
        write.Prepare("UPDATE apps SET state = ?, stopped_at = coalesce(stopped_at, ?) WHERE id = ?")
            .Bind((long)AppLife.Stopped).Bind(write.Now).Bind(id.Text).Run();

    private static AppRecord ReadRow(Statement row) => new(
        AppId.FromText(row.GetText(0)),
        WorkspaceId.FromText(row.GetText(1)),
        EnvironmentId.FromText(row.GetText(2)),
        row.GetText(3),
        (AppLife)row.GetInteger(4),
        (int)row.GetInteger(5),
        row.GetBytes(6),
        row.GetTime(7),
        row.GetText(8),
        row.GetTimeOrNull(9),
        row.GetTimeOrNull(10));
}
