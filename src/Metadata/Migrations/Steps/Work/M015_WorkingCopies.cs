namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>
/// Volumes as containers see them. <c>commit_number</c> tells which of the lists of what was committed, kept beside the
/// changes, is true: it moves in the transaction that publishes the version.
/// </summary>
internal static class M015_WorkingCopies
{
    public static Migration Step { get; } = new(15, "working copies", """
        CREATE TABLE volume_working_copies (
            id TEXT NOT NULL PRIMARY KEY,
            volume_id TEXT NOT NULL,
            sub_path TEXT NOT NULL,
            is_read_only INTEGER NOT NULL CHECK (is_read_only IN (0, 1)),
            directory TEXT NOT NULL,
            mount_point TEXT NOT NULL,
            boot_id TEXT NOT NULL,
            commit_number INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            version INTEGER NOT NULL,
            layers TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """);
}
