namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>
/// Everything that clients look up by name or id (volumes, dicts, queues …), and what was removed but still has data.
/// </summary>
internal static class M003_Objects
{
    public static Migration Step { get; } = new(3, "objects", """
        CREATE TABLE objects (
            id TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            environment_id TEXT NOT NULL REFERENCES environments (id),
            name TEXT,
            app_id TEXT,
            expires_at INTEGER,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            CHECK ((name IS NOT NULL) + (app_id IS NOT NULL) + (expires_at IS NOT NULL) = 1)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX objects_by_name ON objects (environment_id, kind, name) WHERE name IS NOT NULL;
        CREATE INDEX objects_by_age ON objects (environment_id, kind, created_at) WHERE name IS NOT NULL;
        CREATE INDEX objects_by_app ON objects (app_id) WHERE app_id IS NOT NULL;
        CREATE INDEX objects_by_expiry ON objects (expires_at) WHERE expires_at IS NOT NULL;

        CREATE TABLE removed_objects (
            id TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            removed_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX removed_objects_of_kind ON removed_objects (kind);
        """);
}
