using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Core.Errors;

namespace Appliance.Images.Catalog;

/// <summary>JSON of images. Keys are those of the OCI image specification.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNameCaseInsensitive = false)]
[JsonSerializable(typeof(ImageConfig))]
internal sealed partial class ImageJson : JsonSerializerContext
{
    public static string Write(ImageConfig config) => JsonSerializer.Serialize(config, Default.ImageConfig);

    /// <exception cref="ApplianceException">InvalidArgument: it is no configuration of an image.</exception>
    public static ImageConfig Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.ImageConfig)
                ?? throw new ApplianceException(ErrorKind.InvalidArgument, "The configuration of the image is empty.");
        }
        catch (JsonException cause)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"The configuration of the image is not understood: {cause.Message}", cause);
        }
    }

    public static ImageConfig ReadStored(string json) => JsonSerializer.Deserialize(json, Default.ImageConfig)!;
}
