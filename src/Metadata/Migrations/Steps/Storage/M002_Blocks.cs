namespace Appliance.Metadata.Migrations.Steps.Storage;

/// <summary>How many references committed manifests hold on each block; a block without any has no row.</summary>
internal static class M002_Blocks
{
    public static Migration Step { get; } = new(2, "blocks", """
        CREATE TABLE block_references (
            digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
            count INTEGER NOT NULL CHECK (count > 0)
        ) STRICT, WITHOUT ROWID;
        """);
}
