using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Appliance.Core.Errors;

namespace Appliance.Images.Transfers.Formats;

/// <summary>JSON of manifests and layouts.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OciIndex))]
[JsonSerializable(typeof(OciManifest))]
[JsonSerializable(typeof(OciRootFileSystem))]
[JsonSerializable(typeof(OciLayoutMark))]
[JsonSerializable(typeof(IReadOnlyList<DockerArchiveEntry>))]
internal sealed partial class ManifestJson : JsonSerializerContext
{
    /// <exception cref="ApplianceException">InvalidArgument: it is not what it should be.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new ApplianceException(ErrorKind.InvalidArgument, $"'{what}' of the image is empty.");
        }
        catch (JsonException cause)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{what}' of the image is not understood: {cause.Message}", cause);
        }
    }
}
