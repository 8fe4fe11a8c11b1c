using Appliance.Core.Ids;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Images;

/// <summary>The table of names under which images were published in an environment.</summary>
public static class ImageNames
{
    /// <summary>The image's key; null when nothing was published under the name.</summary>
    public static long? Find(ReadTransaction read, EnvironmentId environment, string name, string tag)
    {
        using var row = read.Prepare("SELECT image FROM image_names WHERE environment_id = ? AND name = ? AND tag = ?")
            .Bind(environment.Text).Bind(name).Bind(tag);
        return row.Step() ? row.GetInteger(0) : null;
    }

    /// <summary>Names of an environment in their order, some at a time.</summary>
    /// <param name="read">A snapshot.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="prefix">What they begin with.</param>
    /// <param name="imageId">Only those of this image; empty for all.</param>
    /// <param name="after">The last one that is known; empty for the beginning.</param>
    /// <param name="countMax">How many at most.</param>
    public static IReadOnlyList<ImageNameRecord> List(
        ReadTransaction read, EnvironmentId environment, string prefix, string imageId, string after, int countMax) => read.Prepare("""
        SELECT n.name || ':' || n.tag AS text, i.id, n.published_at FROM image_names n JOIN images i ON i.key = n.image
        WHERE n.environment_id = ? AND substr(n.name || ':' || n.tag, 1, ?) = ? AND (? = '' OR i.id = ?) AND text > ?
        ORDER BY text LIMIT ?
        """)
        .Bind(environment.Text).Bind((long)prefix.Length).Bind(prefix).Bind(imageId).Bind(imageId).Bind(after).Bind((long)countMax)
        .ReadAll(row => new ImageNameRecord(row.GetText(0), row.GetText(1), row.GetTime(2)));

    /// <summary>False when nothing was published under the name.</summary>
    public static bool Remove(WriteTransaction write, EnvironmentId environment, string name, string tag) =>
        write.Prepare("DELETE FROM image_names WHERE environment_id = ? AND name = ? AND tag = ?")
            .Bind(environment.Text).Bind(name).Bind(tag).Run() > 0;

    /// <summary>The names of an image as "name:tag", of all environments.</summary>
    public static IReadOnlyList<string> ListOfImage(ReadTransaction read, long image) =>
        read.Prepare("SELECT name || ':' || tag FROM image_names WHERE image = ? ORDER BY 1").Bind(image).ReadAll(row => row.GetText(0));

    /// <summary>Points a name to an image, from wherever it pointed before.</summary>
    public static void Set(WriteTransaction write, EnvironmentId environment, string name, string tag, long image) => write.Prepare("""
        INSERT INTO image_names (environment_id, name, tag, image, published_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (environment_id, name, tag) DO UPDATE SET image = excluded.image, published_at = excluded.published_at
        """)
        .Bind(environment.Text).Bind(name).Bind(tag).Bind(image).Bind(write.Now).Run();

    public static void RemoveOfImage(WriteTransaction write, long image) =>
        write.Prepare("DELETE FROM image_names WHERE image = ?").Bind(image).Run();
}

/// <summary>A name under which an image was published.</summary>
/// <param name="Text">"name:tag".</param>
/// <param name="ImageId">The image.</param>
/// <param name="PublishedAt">When it got the name.</param>
public sealed record ImageNameRecord(string Text, string ImageId, DateTimeOffset PublishedAt);
