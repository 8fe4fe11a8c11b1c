namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>
/// Volumes and what is in them. An entry is visible in the versions from <c>from_version</c> up to, not including,
/// <c>to_version</c>; what is visible now has the greatest number there. Entries of a version beyond <c>head</c> are of
/// a commit under way.
/// </summary>
internal static class M005_Volumes
{
    public static Migration Step { get; } = new(5, "volumes", """
        CREATE TABLE volumes (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            format INTEGER NOT NULL,
            head INTEGER NOT NULL,
            is_staging INTEGER NOT NULL CHECK (is_staging IN (0, 1))
        ) STRICT;

        CREATE TABLE volume_entries (
            volume INTEGER NOT NULL,
            directory TEXT NOT NULL,
            name TEXT NOT NULL,
            from_version INTEGER NOT NULL,
            to_version INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            mode INTEGER NOT NULL,
            modified_at INTEGER NOT NULL,
            size INTEGER NOT NULL,
            form INTEGER NOT NULL,
            content BLOB,
            target TEXT,
            PRIMARY KEY (volume, directory, name, from_version)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX volume_entries_from ON volume_entries (volume, from_version);
        CREATE INDEX volume_entries_ended ON volume_entries (volume, to_version) WHERE to_version < 9223372036854775807;

        CREATE TABLE volume_layers (
            volume INTEGER NOT NULL,
            number INTEGER NOT NULL,
            from_version INTEGER NOT NULL,
            to_version INTEGER NOT NULL,
            entry_count INTEGER NOT NULL,
            boot_id TEXT,
            PRIMARY KEY (volume, number)
        ) STRICT, WITHOUT ROWID;
        """);
}
