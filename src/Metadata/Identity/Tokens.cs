using Appliance.Core.Digests;
using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Identity;

/// <summary>The table of tokens. Revoked ones stay, so that what they created keeps its origin.</summary>
public static class Tokens
{
    private const string Columns = """
        SELECT id, workspace_id, name, secret_hash, created_at, expires_at, revoked_at FROM tokens
        """;

    /// <summary>Also finds revoked and expired tokens: ask <see cref="TokenRecord.IsLiveAt"/>.</summary>
    public static TokenRecord? Find(ReadTransaction read, TokenId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    /// <summary>All tokens, revoked and expired ones too, oldest first.</summary>
    public static IReadOnlyList<TokenRecord> List(ReadTransaction read, WorkspaceId workspace) =>
        read.Prepare(Columns + " WHERE workspace_id = ? ORDER BY created_at, id").Bind(workspace.Text).ReadAll(ReadRow);

    public static void Add(WriteTransaction write, TokenRecord record) => write.Prepare("""
        INSERT INTO tokens (id, workspace_id, name, secret_hash, created_at, expires_at, revoked_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
        .Bind(record.Id.Text).Bind(record.WorkspaceId.Text).Bind(record.Name).Bind(record.SecretHash)
        .Bind(record.CreatedAt).Bind(record.ExpiresAt).Bind(record.RevokedAt)
        .Run();

    /// <summary>False when there is no such token, or it was revoked before (the first time stays).</summary>
    public static bool Revoke(WriteTransaction write, TokenId id) =>
        write.Prepare("UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
            .Bind(write.Now).Bind(id.Text).Run() > 0;

    internal static void ReplaceSecret(WriteTransaction write, TokenId id, Digest secretHash) =>
        write.Prepare("UPDATE tokens SET secret_hash = ? WHERE id = ?").Bind(secretHash).Bind(id.Text).Run();

    private static TokenRecord ReadRow(Statement row) => new(
        TokenId.FromText(row.GetText(0)),
        WorkspaceId.FromText(row.GetText(1)),
        row.GetText(2),
        row.GetDigest(3),
        row.GetTime(4),
        row.GetTimeOrNull(5),
        row.GetTimeOrNull(6));
}
