namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>What running sandboxes have beside their main container: ports of the machine, further containers.</summary>
internal static class M016_SandboxTunnels
{
    public static Migration Step { get; } = new(16, "tunnels and sidecars of sandboxes", """
        CREATE TABLE sandbox_tunnels (
            task_id TEXT NOT NULL,
            container_port INTEGER NOT NULL,
            is_plain INTEGER NOT NULL CHECK (is_plain IN (0, 1)),
            machine_port INTEGER NOT NULL,
            PRIMARY KEY (task_id, container_port, is_plain)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sidecars (
            id TEXT NOT NULL PRIMARY KEY,
            task_id TEXT NOT NULL,
            name TEXT NOT NULL,
            definition BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            ended_at INTEGER,
            ending INTEGER,
            exit_code INTEGER,
            message TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sidecars_of_task ON sidecars (task_id, created_at);
        CREATE UNIQUE INDEX sidecars_by_name ON sidecars (task_id, name) WHERE ended_at IS NULL;
        """);
}
