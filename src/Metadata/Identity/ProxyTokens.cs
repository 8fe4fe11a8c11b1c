using Appliance.Core.Ids;
using Appliance.Core.Ids.Tokens;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Identity;

/// <summary>The table of proxy tokens, and which environments the scoped ones open.</summary>
public static class ProxyTokens
{
    private const string Columns = "SELECT id, workspace_id, name, secret_hash, is_scoped, created_at FROM proxy_tokens";

    public static ProxyTokenRecord? Find(ReadTransaction read, ProxyTokenId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>Oldest first.</summary>
    public static IReadOnlyList<ProxyTokenRecord> List(ReadTransaction read, WorkspaceId workspace) =>
        read.Prepare(Columns + " WHERE workspace_id = ? ORDER BY created_at, id").Bind(workspace.Text).ReadAll(ReadRow);

    public static void Add(WriteTransaction write, ProxyTokenRecord record) => write.Prepare("""
        INSERT INTO proxy_tokens (id, workspace_id, name, secret_hash, is_scoped, created_at) VALUES (?, ?, ?, ?, ?, ?)
        """)
        .Bind(record.Id.Text).Bind(record.WorkspaceId.Text).Bind(record.Name).Bind(record.SecretHash).Bind(record.IsScoped).Bind(record.CreatedAt)
        .Run();

    public static void Rename(WriteTransaction write, ProxyTokenId id, string name) =>
        write.Prepare("UPDATE proxy_tokens SET name = ? WHERE id = ?").Bind(name).Bind(id.Text).Run();

    public static void Delete(WriteTransaction write, ProxyTokenId id) =>
        write.Prepare("DELETE FROM proxy_tokens WHERE id = ?").Bind(id.Text).Run();

    /// <summary>From now on it opens only environments it is allowed for, and this one.</summary>
    public static void Allow(WriteTransaction write, ProxyTokenId id, EnvironmentId environment)
    {
        write.Prepare("UPDATE proxy_tokens SET is_scoped = 1 WHERE id = ?").Bind(id.Text).Run();
        write.Prepare("INSERT OR IGNORE INTO proxy_token_environments (token_id, environment_id) VALUES (?, ?)")
            .Bind(id.Text).Bind(environment.Text).Run();
    }

    public static void Forbid(WriteTransaction write, ProxyTokenId id, EnvironmentId environment) =>
        write.Prepare("DELETE FROM proxy_token_environments WHERE token_id = ? AND environment_id = ?")
            .Bind(id.Text).Bind(environment.Text).Run();

    public static bool IsAllowed(ReadTransaction read, ProxyTokenId id, EnvironmentId environment) =>
        read.Prepare("SELECT token_id FROM proxy_token_environments WHERE token_id = ? AND environment_id = ?")
            .Bind(id.Text).Bind(environment.Text).ReadFirst(row => row.GetText(0)) is not null;

    /// <summary>The environments that a scoped token opens.</summary>
    public static IReadOnlyList<string> ListEnvironments(ReadTransaction read, ProxyTokenId id) =>
        read.Prepare("SELECT environment_id FROM proxy_token_environments WHERE token_id = ? ORDER BY environment_id")
            .Bind(id.Text).ReadAll(row => row.GetText(0));

    private static ProxyTokenRecord ReadRow(Statement row) => new(
        ProxyTokenId.FromText(row.GetText(0)),
        WorkspaceId.FromText(row.GetText(1)),
        row.GetText(2),
        row.GetDigest(3),
        row.GetBoolean(4),
        row.GetTime(5));
}
