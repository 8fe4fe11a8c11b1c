namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>Mounts: fixed sets of files that clients send along with their code.</summary>
internal static class M006_Mounts
{
    public static Migration Step { get; } = new(6, "mounts", """
        CREATE TABLE mounts (
            id TEXT NOT NULL PRIMARY KEY,
            checksum BLOB NOT NULL CHECK (length(checksum) = 32)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mount_files (
            mount_id TEXT NOT NULL,
            path TEXT NOT NULL,
            mode INTEGER NOT NULL,
            size INTEGER NOT NULL,
            form INTEGER NOT NULL,
            content BLOB,
            PRIMARY KEY (mount_id, path)
        ) STRICT, WITHOUT ROWID;
        """);
}
