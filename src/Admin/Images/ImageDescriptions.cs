using System.Text.Json;
using Appliance.Images;
using Appliance.Images.Catalog;

namespace Appliance.Admin.Images;

/// <summary>Images as verbs print them.</summary>
internal static class ImageDescriptions
{
    public static ImageSummary Summarise(ImageLibrary library, Image image) => new(
        image.Id.Text,
        [.. library.Images.ListTags(image.Id).Select(tag => ImageReference.Read(tag).Familiar)],
        library.Images.ListNames(image.Id),
        image.Origin.ToString().ToLowerInvariant(),
        image.SizeBytes,
        image.Layers.Count,
        image.CreatedAt,
        image.ExpiresAt,
        library.Pins.IsPinned(image.Id.Text));

    public static ImageDetail Detail(ImageLibrary library, Image image) => new(
        Summarise(library, image),
        JsonDocument.Parse(image.Config.ToJson()).RootElement,
        [.. image.Layers.Select(layer => new ImageLayerDetail(
            layer.Name,
            library.Layers.DirectoryOf(layer.Name),
            layer.DiffId is { } diffId ? $"sha256:{diffId}" : null,
            layer.SizeBytes,
            layer.EntryCount))]);
}
