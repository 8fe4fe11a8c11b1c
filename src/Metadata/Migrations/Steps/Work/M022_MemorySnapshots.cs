namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>
/// Memory snapshots of sandboxes. One is whole when it has an image; it goes with that image, and its files, which the
/// rows do not name, lie in a directory of its id.
/// </summary>
internal static class M022_MemorySnapshots
{
    public static Migration Step { get; } = new(22, "memory snapshots", """
        CREATE TABLE memory_snapshots (
            id TEXT NOT NULL PRIMARY KEY,
            workspace_id TEXT NOT NULL,
            task_id TEXT NOT NULL,
            call_key TEXT NOT NULL,
            sandbox_id TEXT NOT NULL,
            app_id TEXT NOT NULL,
            name TEXT,
            definition BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            image_id TEXT REFERENCES images (id) ON DELETE CASCADE,
            failure TEXT,
            UNIQUE (task_id, call_key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX memory_snapshots_image ON memory_snapshots (image_id) WHERE image_id IS NOT NULL;
        CREATE UNIQUE INDEX memory_snapshots_pending ON memory_snapshots (task_id) WHERE image_id IS NULL AND failure IS NULL;
        """);
}
