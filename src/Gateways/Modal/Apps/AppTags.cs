using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>The tags of an app, as they are stored.</summary>
internal static class AppTags
{
    public static byte[] Empty { get; } = "{}"u8.ToArray();

    public static byte[] Write(IDictionary<string, string> tags) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(tags), AppTagsJson.Default.DictionaryStringString);

    public static Dictionary<string, string> Read(byte[] stored) =>
        JsonSerializer.Deserialize(stored, AppTagsJson.Default.DictionaryStringString)!;
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class AppTagsJson : JsonSerializerContext;
