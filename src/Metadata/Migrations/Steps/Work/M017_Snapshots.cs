namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>
/// Images made of containers: by which call, so that its repetition finds them; under which key; at which sandbox's end.
/// </summary>
internal static class M017_Snapshots
{
    public static Migration Step { get; } = new(17, "snapshots", """
        CREATE TABLE snapshots (
            task_id TEXT NOT NULL,
            snapshot_id TEXT NOT NULL,
            image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
            PRIMARY KEY (task_id, snapshot_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX snapshots_image ON snapshots (image_id);

        CREATE TABLE image_keys (
            image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
            salt BLOB NOT NULL,
            hash BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE exit_snapshots (
            sandbox_id TEXT NOT NULL PRIMARY KEY REFERENCES sandboxes (id) ON DELETE CASCADE,
            image_id TEXT,
            failure TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX exit_snapshots_pending ON exit_snapshots (sandbox_id) WHERE image_id IS NULL AND failure IS NULL;
        """);
}
