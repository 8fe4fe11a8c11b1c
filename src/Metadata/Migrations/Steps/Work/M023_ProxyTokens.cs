namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>Tokens with which web functions are called, and the environments that scoped ones open.</summary>
internal static class M023_ProxyTokens
{
    public static Migration Step { get; } = new(23, "proxy tokens", """
        CREATE TABLE proxy_tokens (
            id TEXT NOT NULL PRIMARY KEY,
            workspace_id TEXT NOT NULL REFERENCES workspaces (id),
            name TEXT NOT NULL,
            secret_hash BLOB NOT NULL,
            is_scoped INTEGER NOT NULL CHECK (is_scoped IN (0, 1)),
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE proxy_token_environments (
            token_id TEXT NOT NULL REFERENCES proxy_tokens (id) ON DELETE CASCADE,
            environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
            PRIMARY KEY (token_id, environment_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX proxy_token_environments_environment ON proxy_token_environments (environment_id);
        """);
}
