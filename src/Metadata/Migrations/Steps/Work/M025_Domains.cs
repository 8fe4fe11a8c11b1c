namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>Host names that users noted as their own.</summary>
internal static class M025_Domains
{
    public static Migration Step { get; } = new(25, "domains", """
        CREATE TABLE domains (
            id TEXT NOT NULL PRIMARY KEY,
            workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            UNIQUE (workspace_id, name)
        ) STRICT, WITHOUT ROWID;
        """);
}
