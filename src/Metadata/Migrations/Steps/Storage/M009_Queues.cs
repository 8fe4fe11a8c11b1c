namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>
/// What queues hold. A queue that is cleared gets a new generation, so that its items need not be removed at once.
/// Partitions count with the numbers of their first and next entry; what lies before the first was taken.
/// </summary>
internal static class M009_Queues
{
    public static Migration Step { get; } = new(9, "queues", """
        CREATE TABLE queue_generations (
            generation INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            queue_id TEXT NOT NULL,
            partition_count INTEGER NOT NULL,
            dropped_at INTEGER
        ) STRICT;
        CREATE INDEX queue_generations_of_queue ON queue_generations (queue_id, dropped_at);
        CREATE INDEX queue_generations_dropped ON queue_generations (dropped_at) WHERE dropped_at IS NOT NULL;

        CREATE TABLE queue_partitions (
            partition INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            generation INTEGER NOT NULL,
            key BLOB NOT NULL,
            first_entry INTEGER NOT NULL,
            next_entry INTEGER NOT NULL,
            swept_entry INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            UNIQUE (generation, key),
            CHECK (first_entry <= next_entry)
        ) STRICT;

        CREATE TABLE queue_items (
            partition INTEGER NOT NULL,
            entry INTEGER NOT NULL,
            value BLOB NOT NULL,
            bytes_in_blocks INTEGER,
            PRIMARY KEY (partition, entry)
        ) STRICT, WITHOUT ROWID;
        """);
}
