using System.Text.Json;
using Appliance.Core.Errors;
using Appliance.Images.Catalog;

namespace Appliance.Images.Transfers.Formats;

/// <summary>Puts together what a manifest and a configuration say of the layers.</summary>
internal static class ManifestLayers
{
    private const int LayersMax = 500;

    /// <exception cref="ApplianceException">InvalidArgument: the two contradict each other.</exception>
    public static IReadOnlyList<PackagedLayer> Of(OciManifest manifest, byte[] config, Func<OciDescriptor, Task<Stream>> open)
    {
        IReadOnlyList<string> diffIds = DiffIds(config);
        IReadOnlyList<OciDescriptor> layers = manifest.Layers ?? [];
        Require(diffIds.Count, layers.Count);
        return [.. layers.Zip(diffIds, (layer, diffId) => new PackagedLayer(
            BlobDigest.Read(diffId), BlobDigest.Read(layer.Digest), layer.SizeBytes, _ => open(layer)))];
    }

    public static void Require(int diffIdCount, int layerCount)
    {
        if (diffIdCount != layerCount || layerCount > LayersMax)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"The image has {layerCount} layers and the digests of {diffIdCount}: there must be as many, and at most {LayersMax}. It may be no image but another artifact.");
        }
    }

    /// <summary>The digests of the plain archives, base first.</summary>
    public static IReadOnlyList<string> DiffIds(byte[] config) =>
        ImageJson.Read(config).Further?.TryGetValue("rootfs", out JsonElement root) == true
            ? root.Deserialize(ManifestJson.Default.OciRootFileSystem)?.DiffIds ?? []
            : [];
}
