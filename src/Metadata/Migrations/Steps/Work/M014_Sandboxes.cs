namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>Sandboxes, running and ended, with their tags.</summary>
internal static class M014_Sandboxes
{
    public static Migration Step { get; } = new(14, "sandboxes", """
        CREATE TABLE sandboxes (
            id TEXT NOT NULL PRIMARY KEY,
            task_id TEXT NOT NULL UNIQUE,
            workspace_id TEXT NOT NULL,
            created_by TEXT NOT NULL,
            environment_id TEXT NOT NULL,
            app_id TEXT NOT NULL,
            name TEXT,
            definition BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            ready_at INTEGER,
            ended_at INTEGER,
            ending INTEGER,
            exit_code INTEGER,
            message TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX sandboxes_by_age ON sandboxes (environment_id, created_at);
        CREATE INDEX sandboxes_of_app ON sandboxes (app_id, created_at);
        CREATE UNIQUE INDEX sandboxes_by_name ON sandboxes (app_id, name) WHERE name IS NOT NULL AND ended_at IS NULL;
        CREATE INDEX sandboxes_named_once ON sandboxes (app_id, name, created_at) WHERE name IS NOT NULL;
        CREATE INDEX sandboxes_live ON sandboxes (id) WHERE ended_at IS NULL;
        CREATE INDEX sandboxes_ended ON sandboxes (ended_at) WHERE ended_at IS NOT NULL;

        CREATE TABLE sandbox_tags (
            sandbox_id TEXT NOT NULL REFERENCES sandboxes (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (sandbox_id, name)
        ) STRICT, WITHOUT ROWID;
        """);
}
