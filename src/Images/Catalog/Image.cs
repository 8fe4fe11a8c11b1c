using Appliance.Core.Digests;
using Appliance.Core.Ids;
using Appliance.Metadata.Images;

namespace Appliance.Images.Catalog;

/// <summary>An image: a configuration, and layers whose union is its root file system. It never changes.</summary>
/// <param name="Id">What clients call it.</param>
/// <param name="Config">What its containers do.</param>
/// <param name="Layers">Base first.</param>
/// <param name="Definition">What it was made from; null for one of a kind.</param>
/// <param name="Origin">How it came to be.</param>
/// <param name="CreatedAt">When it was made here.</param>
/// <param name="ExpiresAt">When it goes by itself; null for never.</param>
public sealed record Image(
    ImageId Id,
    ImageConfig Config,
    IReadOnlyList<ImageLayerRecord> Layers,
    Digest? Definition,
    ImageOrigin Origin,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt)
{
    /// <summary>The lengths of the files of all layers; what it shares with other images counts, too.</summary>
    public long SizeBytes => Layers.Sum(layer => layer.SizeBytes);

    /// <summary>Names of the layers, base first.</summary>
    public IReadOnlyList<string> LayerNames => [.. Layers.Select(layer => layer.Name)];
}
