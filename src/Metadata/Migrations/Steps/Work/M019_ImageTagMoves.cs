namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>
/// How often a reference came to stand for another image than before: a build from it is not done when its base has
/// changed. Outlives the tag.
/// </summary>
internal static class M019_ImageTagMoves
{
    public static Migration Step { get; } = new(19, "image tag moves", """
        CREATE TABLE image_tag_moves (
            reference TEXT NOT NULL PRIMARY KEY,
            image INTEGER NOT NULL,
            moves INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO image_tag_moves (reference, image, moves) SELECT reference, image, 0 FROM image_tags;
        """);
}
