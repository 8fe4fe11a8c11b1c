namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>Payloads that travel over HTTP, and the parts of those that arrive in parts.</summary>
internal static class M008_Blobs
{
    public static Migration Step { get; } = new(8, "blobs", """
        CREATE TABLE blobs (
            id TEXT NOT NULL PRIMARY KEY,
            workspace_id TEXT NOT NULL REFERENCES workspaces (id),
            state INTEGER NOT NULL,
            length INTEGER NOT NULL CHECK (length >= 0),
            part_length INTEGER CHECK (part_length > 0),
            md5 BLOB CHECK (length(md5) = 16),
            sha256 BLOB CHECK (length(sha256) = 32),
            etag TEXT,
            pin_count INTEGER NOT NULL DEFAULT 0 CHECK (pin_count >= 0),
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX blobs_by_expiry ON blobs (state, expires_at) WHERE pin_count = 0;

        CREATE TABLE blob_parts (
            blob_id TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            md5 BLOB NOT NULL CHECK (length(md5) = 16),
            PRIMARY KEY (blob_id, number)
        ) STRICT, WITHOUT ROWID;
        """);
}
