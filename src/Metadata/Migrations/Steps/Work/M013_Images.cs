namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>
/// Images: a configuration and layers in order, base first. A removed image is gone for everybody but those who hold it;
/// its layers stay until nobody does. A build is there from the moment its id is promised.
/// </summary>
internal static class M013_Images
{
    public static Migration Step { get; } = new(13, "images", """
        CREATE TABLE images (
            key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            definition BLOB CHECK (length(definition) = 32),
            config TEXT NOT NULL,
            origin INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            removed_at INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX images_definition ON images (definition) WHERE definition IS NOT NULL AND removed_at IS NULL;
        CREATE INDEX images_expiring ON images (expires_at) WHERE expires_at IS NOT NULL;
        CREATE INDEX images_removed ON images (removed_at) WHERE removed_at IS NOT NULL;

        CREATE TABLE image_layers (
            key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            diff_id BLOB CHECK (length(diff_id) = 32),
            below BLOB CHECK (length(below) = 32),
            size INTEGER NOT NULL,
            entry_count INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX image_layers_diff_id ON image_layers (diff_id) WHERE diff_id IS NOT NULL;

        CREATE TABLE image_layer_uses (
            image INTEGER NOT NULL,
            position INTEGER NOT NULL,
            layer INTEGER NOT NULL REFERENCES image_layers (key),
            PRIMARY KEY (image, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX image_layer_uses_layer ON image_layer_uses (layer);

        CREATE TABLE image_tags (
            reference TEXT NOT NULL PRIMARY KEY,
            image INTEGER NOT NULL REFERENCES images (key),
            tagged_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX image_tags_image ON image_tags (image);

        CREATE TABLE image_names (
            environment_id TEXT NOT NULL,
            name TEXT NOT NULL,
            tag TEXT NOT NULL,
            image INTEGER NOT NULL REFERENCES images (key),
            published_at INTEGER NOT NULL,
            PRIMARY KEY (environment_id, name, tag)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX image_names_image ON image_names (image);

        CREATE TABLE image_builds (
            id TEXT NOT NULL PRIMARY KEY,
            definition BLOB NOT NULL CHECK (length(definition) = 32),
            request BLOB NOT NULL,
            state INTEGER NOT NULL,
            failure TEXT,
            created_at INTEGER NOT NULL,
            ended_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX image_builds_definition ON image_builds (definition);

        CREATE TABLE image_stand_ins (
            reference TEXT NOT NULL PRIMARY KEY,
            stand_in TEXT NOT NULL,
            declared_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """);
}
