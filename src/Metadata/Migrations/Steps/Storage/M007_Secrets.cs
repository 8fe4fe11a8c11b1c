namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>What secrets hold: the names of their keys in the clear, their values encrypted.</summary>
internal static class M007_Secrets
{
    public static Migration Step { get; } = new(7, "secrets", """
        CREATE TABLE secrets (
            id TEXT NOT NULL PRIMARY KEY,
            keys TEXT NOT NULL,
            sealed BLOB NOT NULL,
            last_used_at INTEGER
        ) STRICT, WITHOUT ROWID;
        """);
}
