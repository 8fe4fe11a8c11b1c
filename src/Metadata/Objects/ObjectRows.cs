using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Objects;

/// <summary>The table of objects. An object's kind is the prefix of its id.</summary>
public static class ObjectRows
{
    private const string Columns =
        "SELECT id, environment_id, name, app_id, expires_at, created_at, created_by FROM objects";

    public static ObjectRecord? Find(ReadTransaction read, string id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id).ReadFirst(ReadRow);

    /// <summary>The object, if its environment belongs to the workspace.</summary>
    public static ObjectRecord? Find(ReadTransaction read, WorkspaceId workspace, string id) => read.Prepare(Columns + """
         WHERE id = ? AND EXISTS (
            SELECT 1 FROM environments e WHERE e.id = environment_id AND e.workspace_id = ?)
        """)
        .Bind(id).Bind(workspace.Text).ReadFirst(ReadRow);

    public static ObjectRecord? FindByName(ReadTransaction read, EnvironmentId environment, string kind, string name) =>
        read.Prepare(Columns + " WHERE environment_id = ? AND kind = ? AND name = ?")
            .Bind(environment.Text).Bind(kind).Bind(name).ReadFirst(ReadRow);

    /// <summary>Named objects made before that moment, newest first.</summary>
    public static IReadOnlyList<ObjectRecord> List(
        ReadTransaction read, EnvironmentId environment, string kind, DateTimeOffset createdBefore, int countMax) =>
        read.Prepare(Columns + """
             WHERE environment_id = ? AND kind = ? AND name IS NOT NULL AND created_at < ?
            ORDER BY created_at DESC LIMIT ?
            """)
            .Bind(environment.Text).Bind(kind).Bind(createdBefore).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>Objects of any kind that some app owns.</summary>
    public static IReadOnlyList<ObjectRecord> ListOfApp(ReadTransaction read, AppId app) =>
        read.Prepare(Columns + " WHERE app_id = ?").Bind(app.Text).ReadAll(ReadRow);

    /// <summary>Objects of any kind in an environment.</summary>
    public static IReadOnlyList<ObjectRecord> ListOfEnvironment(ReadTransaction read, EnvironmentId environment) =>
        read.Prepare(Columns + " WHERE environment_id = ?").Bind(environment.Text).ReadAll(ReadRow);

    /// <summary>Ephemeral objects whose time has passed, oldest first.</summary>
    public static IReadOnlyList<ObjectRecord> ListExpired(ReadTransaction read, DateTimeOffset now, int countMax) =>
        read.Prepare(Columns + " WHERE expires_at <= ? ORDER BY expires_at LIMIT ?")
            .Bind(now).Bind((long)countMax).ReadAll(ReadRow);

    /// <summary>The next moment at which an ephemeral object expires; null when there is none.</summary>
    public static DateTimeOffset? FindNextExpiry(ReadTransaction read)
    {
        using Statement row = read.Prepare("SELECT min(expires_at) FROM objects WHERE expires_at IS NOT NULL");
        return row.Step() ? row.GetTimeOrNull(0) : null;
    }

    /// <summary>Adds an object whose name was found to be free in the same transaction.</summary>
    public static void Add(WriteTransaction write, string kind, ObjectRecord record) => write.Prepare("""
        INSERT INTO objects (id, kind, environment_id, name, app_id, expires_at, created_at, created_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
        .Bind(record.Id).Bind(kind).Bind(record.EnvironmentId.Text).Bind(record.Name).Bind(record.AppId?.Text)
        .Bind(record.ExpiresAt).Bind(record.CreatedAt).Bind(record.CreatedBy)
        .Run();

    /// <summary>Gives a named object another name, which was found to be free in the same transaction.</summary>
    public static void Rename(WriteTransaction write, string id, string name) =>
        write.Prepare("UPDATE objects SET name = ? WHERE id = ? AND name IS NOT NULL").Bind(name).Bind(id).Run();

    /// <summary>Gives an object a name that was found to be free in the same transaction, and takes its end from it.</summary>
    public static void Establish(WriteTransaction write, string id, string name) =>
        write.Prepare("UPDATE objects SET name = ?, expires_at = NULL WHERE id = ?").Bind(name).Bind(id).Run();

    /// <summary>Moves the end of an ephemeral object; false when it is not there or not ephemeral.</summary>
    public static bool Extend(WriteTransaction write, string id, DateTimeOffset expiresAt) =>
        write.Prepare("UPDATE objects SET expires_at = ? WHERE id = ? AND expires_at IS NOT NULL")
            .Bind(expiresAt).Bind(id).Run() > 0;

    /// <summary>
    /// Takes the object away at once, and notes that what it holds is to be removed in the background. False when it
    /// was not there.
    /// </summary>
    public static bool Remove(WriteTransaction write, string id)
    {
        int noted = write.Prepare("""
            INSERT INTO removed_objects (id, kind, removed_at) SELECT id, kind, ? FROM objects WHERE id = ?
            """)
            .Bind(write.Now).Bind(id).Run();
        return noted > 0 && write.Prepare("DELETE FROM objects WHERE id = ?").Bind(id).Run() > 0;
    }

    private static ObjectRecord ReadRow(Statement row) => new(
        row.GetText(0),
        EnvironmentId.FromText(row.GetText(1)),
        row.GetTextOrNull(2),
        row.GetTextOrNull(3) is { } app ? AppId.FromText(app) : null,
        row.GetTimeOrNull(4),
        row.GetTime(5),
        row.GetText(6));
}
