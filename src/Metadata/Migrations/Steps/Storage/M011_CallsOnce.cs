namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>
/// Idempotency keys in the order in which they came. The keys themselves are random, so that an index over them would
/// make each call of a group write a page of its own; what finds them is in memory instead.
/// </summary>
internal static class M011_CallsOnce
{
    public static Migration Step { get; } = new(11, "calls once", """
        DROP TABLE idempotency_keys;

        CREATE TABLE idempotent_calls (
            id INTEGER NOT NULL PRIMARY KEY,
            key_hash BLOB NOT NULL CHECK (length(key_hash) = 16),
            request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
            response BLOB NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        """);
}
