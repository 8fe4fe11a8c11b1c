namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>What files hold when it is more than one block: size, blocks in order, and how many files refer to it.</summary>
internal static class M004_Contents
{
    public static Migration Step { get; } = new(4, "contents", """
        CREATE TABLE contents (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 32),
            size INTEGER NOT NULL CHECK (size > 0),
            blocks BLOB NOT NULL,
            reference_count INTEGER NOT NULL CHECK (reference_count >= 0),
            unreferenced_at INTEGER,
            CHECK ((reference_count = 0) = (unreferenced_at IS NOT NULL))
        ) STRICT;
        CREATE INDEX contents_unreferenced ON contents (unreferenced_at) WHERE unreferenced_at IS NOT NULL;

        CREATE TABLE content_blocks (
            digest BLOB NOT NULL,
            content_id BLOB NOT NULL,
            block_index INTEGER NOT NULL,
            PRIMARY KEY (digest, content_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE whole_files (
            digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
            content_id BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX whole_files_of_content ON whole_files (content_id);
        """);
}
