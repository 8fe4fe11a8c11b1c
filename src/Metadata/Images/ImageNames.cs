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

    /// <summary>The tags of a name.</summary>
    public static IReadOnlyList<string> ListTags(ReadTransaction read, EnvironmentId environment, string name) =>
        read.Prepare("SELECT tag FROM image_names WHERE environment_id = ? AND name = ? ORDER BY tag")
            .Bind(environment.Text).Bind(name).ReadAll(row => row.GetText(0));

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
