namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>How many files volumes and mounts hold, and their bytes: kept, because counting a million entries takes seconds.</summary>
internal static class M012_Usage
{
    public static Migration Step { get; } = new(12, "usage", """
        ALTER TABLE volumes ADD COLUMN file_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE volumes ADD COLUMN byte_count INTEGER NOT NULL DEFAULT 0;
        UPDATE volumes SET (file_count, byte_count) = (
            SELECT count(*), coalesce(sum(size), 0) FROM volume_entries
            WHERE volume = key AND kind = 1 AND from_version <= head AND to_version > head);

        ALTER TABLE mounts ADD COLUMN file_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE mounts ADD COLUMN byte_count INTEGER NOT NULL DEFAULT 0;
        UPDATE mounts SET (file_count, byte_count) = (
            SELECT count(*), coalesce(sum(size), 0) FROM mount_files WHERE mount_id = id);
        """);
}
