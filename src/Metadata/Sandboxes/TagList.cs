using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Metadata.Sandboxes;

/// <summary>Tags as one argument of a statement.</summary>
internal static class TagList
{
    public static string Write(IReadOnlyList<SandboxTag> tags) =>
        JsonSerializer.Serialize([.. tags.Select(tag => new[] { tag.Name, tag.Value })], TagListJson.Default.StringArrayArray);
}

[JsonSerializable(typeof(string[][]))]
internal sealed partial class TagListJson : JsonSerializerContext;
