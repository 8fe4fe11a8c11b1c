using Appliance.Core.Digests;
using Appliance.Core.Ids;
using Appliance.Images.Layers;
using Appliance.Metadata.Images;

namespace Appliance.Images.Catalog;

/// <summary>An image to be made.</summary>
/// <param name="Config">What its containers do.</param>
/// <param name="Layers">Base first, held by the caller until the image is there.</param>
/// <param name="Origin">How it came to be.</param>
public sealed record NewImage(ImageConfig Config, IReadOnlyList<LayerHold> Layers, ImageOrigin Origin)
{
    /// <summary>An id that was promised before; null for a new one.</summary>
    public ImageId? Id { get; init; }

    /// <summary>An image of the same definition is taken instead, if there is one. Null for one of a kind.</summary>
    public Digest? Definition { get; init; }

    /// <summary>When it goes by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>References that stand for it from now on.</summary>
    public IReadOnlyList<ImageReference> Tags { get; init; } = [];
}
