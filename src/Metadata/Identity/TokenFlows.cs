using Appliance.Core.Digests;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Tokens;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Identity;

/// <summary>
/// The table of token flows. No secret is stored for the hand-over: the token is made when the waiting client takes
/// it, with a secret of that moment. A client whose reply was lost asks again and gets a new secret, until the flow is
/// closed by the token's first use or expires.
/// </summary>
public static class TokenFlows
{
    private const string Columns = """
        SELECT id, wait_secret_hash, code, state, created_at, expires_at, workspace_id, token_name, token_id
        FROM token_flows
        """;

    public static TokenFlowRecord? Find(ReadTransaction read, TokenFlowId id) =>
        read.Prepare(Columns + " WHERE id = ?").Bind(id.Text).ReadFirst(ReadRow);

    public static TokenFlowRecord? FindByCode(ReadTransaction read, string code) =>
        read.Prepare(Columns + " WHERE code = ?").Bind(code).ReadFirst(ReadRow);

    /// <summary>Opens a flow, pending for <paramref name="lifetime"/>.</summary>
    public static TokenFlowRecord Open(WriteTransaction write, Digest waitSecretHash, string code, TimeSpan lifetime)
    {
        var record = new TokenFlowRecord(
            ObjectId.Mint<TokenFlowId>(), waitSecretHash, code, TokenFlowState.Pending, write.Now, write.Now + lifetime,
            WorkspaceId: null, TokenName: null, TokenId: null);
        write.Prepare("""
            INSERT INTO token_flows (id, wait_secret_hash, code, state, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
            """)
            .Bind(record.Id.Text).Bind(record.WaitSecretHash).Bind(record.Code).Bind((long)record.State)
            .Bind(record.CreatedAt).Bind(record.ExpiresAt)
            .Run();
        return record;
    }

    /// <summary>False when the flow is unknown, expired or already decided.</summary>
    public static bool Approve(WriteTransaction write, TokenFlowId id, WorkspaceId workspace, string tokenName) =>
        write.Prepare("""
            UPDATE token_flows SET state = ?, workspace_id = ?, token_name = ?
            WHERE id = ? AND state = ? AND expires_at > ?
            """)
            .Bind((long)TokenFlowState.Approved).Bind(workspace.Text).Bind(tokenName)
            .Bind(id.Text).Bind((long)TokenFlowState.Pending).Bind(write.Now)
            .Run() > 0;

    /// <summary>False when the flow is unknown, expired or already decided.</summary>
    public static bool Refuse(WriteTransaction write, TokenFlowId id) =>
        write.Prepare("UPDATE token_flows SET state = ? WHERE id = ? AND state = ? AND expires_at > ?")
            .Bind((long)TokenFlowState.Refused).Bind(id.Text).Bind((long)TokenFlowState.Pending).Bind(write.Now)
            .Run() > 0;

    /// <summary>
    /// Gives the waiting client its token, whose secret hashes to <paramref name="secretHash"/> from now on; null when
    /// the flow is not approved, has expired or closed, or the wait secret is wrong: these look alike from outside.
    /// </summary>
    public static TokenRecord? Redeem(WriteTransaction write, TokenFlowId id, Digest waitSecretHash, Digest secretHash)
    {
        if (Find(write, id) is not { State: TokenFlowState.Approved, WorkspaceId: { } workspace } flow
            || write.Now >= flow.ExpiresAt || !flow.HasWaitSecret(waitSecretHash))
        {
            return null;
        }

        if (flow.TokenId is { } known)
        {
            Tokens.ReplaceSecret(write, known, secretHash);
            return Tokens.Find(write, known);
        }

        var token = new TokenRecord(
            ObjectId.Mint<TokenId>(), workspace, flow.TokenName!, secretHash, write.Now, ExpiresAt: null, RevokedAt: null);
        Tokens.Add(write, token);
        write.Prepare("UPDATE token_flows SET token_id = ? WHERE id = ?").Bind(token.Id.Text).Bind(id.Text).Run();
        return token;
    }

    /// <summary>Ends the hand-over; to be called at the token's first use.</summary>
    public static bool Close(WriteTransaction write, TokenFlowId id) =>
        write.Prepare("UPDATE token_flows SET state = ? WHERE id = ? AND state = ?")
            .Bind((long)TokenFlowState.Closed).Bind(id.Text).Bind((long)TokenFlowState.Approved).Run() > 0;

    /// <summary>How many flows are stored: open ones, and those that nothing has purged yet.</summary>
    public static long Count(ReadTransaction read) =>
        read.Prepare("SELECT count(*) FROM token_flows").ReadAll(row => row.GetInteger(0))[0];

    /// <summary>Removes the flows that have expired; the tokens they led to stay.</summary>
    public static int Purge(WriteTransaction write) =>
        write.Prepare("DELETE FROM token_flows WHERE expires_at <= ?").Bind(write.Now).Run();

    private static TokenFlowRecord ReadRow(Statement row) => new(
        TokenFlowId.FromText(row.GetText(0)),
        row.GetDigest(1),
        row.GetText(2),
        (TokenFlowState)row.GetInteger(3),
        row.GetTime(4),
        row.GetTime(5),
        row.GetTextOrNull(6) is { } workspace ? WorkspaceId.FromText(workspace) : null,
        row.GetTextOrNull(7),
        row.GetTextOrNull(8) is { } token ? TokenId.FromText(token) : null);
}
