namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>
/// What dicts hold. A dict that is cleared gets a new generation, so that its entries need not be removed at once.
/// Large values that were popped stay for as long as a client may ask for them again.
/// </summary>
internal static class M010_Dicts
{
    public static Migration Step { get; } = new(10, "dicts", """
        CREATE TABLE dict_generations (
            generation INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            dict_id TEXT NOT NULL,
            dropped_at INTEGER
        ) STRICT;
        CREATE INDEX dict_generations_of_dict ON dict_generations (dict_id, dropped_at);
        CREATE INDEX dict_generations_dropped ON dict_generations (dropped_at) WHERE dropped_at IS NOT NULL;

        CREATE TABLE dict_entries (
            generation INTEGER NOT NULL,
            key BLOB NOT NULL,
            value BLOB NOT NULL,
            bytes_in_blocks INTEGER,
            used_at INTEGER NOT NULL,
            PRIMARY KEY (generation, key)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dict_popped_values (
            id INTEGER NOT NULL PRIMARY KEY,
            value BLOB NOT NULL,
            bytes_in_blocks INTEGER NOT NULL,
            popped_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX dict_popped_values_age ON dict_popped_values (popped_at);
        """);
}
