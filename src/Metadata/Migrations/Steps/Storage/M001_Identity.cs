namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>Workspaces, environments, tokens and token flows; settings; idempotency keys.</summary>
internal static class M001_Identity
{
    public static Migration Step { get; } = new(1, "identity", """
        CREATE TABLE workspaces (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE tokens (
            id TEXT NOT NULL PRIMARY KEY,
            workspace_id TEXT NOT NULL REFERENCES workspaces (id),
            name TEXT NOT NULL,
            secret_hash BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER
        ) STRICT;
        CREATE INDEX tokens_of_workspace ON tokens (workspace_id, created_at);

        CREATE TABLE environments (
            id TEXT NOT NULL PRIMARY KEY,
            workspace_id TEXT NOT NULL REFERENCES workspaces (id),
            name TEXT NOT NULL,
            webhook_suffix TEXT NOT NULL,
            image_builder_version TEXT NOT NULL,
            is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
            created_at INTEGER NOT NULL,
            created_by TEXT REFERENCES tokens (id),
            UNIQUE (workspace_id, name)
        ) STRICT;
        CREATE UNIQUE INDEX environments_default ON environments (workspace_id) WHERE is_default = 1;

        CREATE TABLE token_flows (
            id TEXT NOT NULL PRIMARY KEY,
            wait_secret_hash BLOB NOT NULL,
            code TEXT NOT NULL,
            state INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            workspace_id TEXT REFERENCES workspaces (id),
            token_name TEXT,
            token_id TEXT REFERENCES tokens (id)
        ) STRICT;
        CREATE UNIQUE INDEX token_flows_code ON token_flows (code);
        CREATE INDEX token_flows_expiry ON token_flows (expires_at);

        CREATE TABLE settings (
            key TEXT NOT NULL PRIMARY KEY,
            value BLOB NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE idempotency_keys (
            scope TEXT NOT NULL,
            key TEXT NOT NULL,
            rpc TEXT NOT NULL,
            request_hash BLOB NOT NULL,
            response BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
        """);
}
