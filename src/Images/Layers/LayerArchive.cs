using Appliance.Core.Digests;
using Appliance.Images.Layers.Unpacking;

namespace Appliance.Images.Layers;

/// <summary>The tar archive of a layer, plain or packed with gzip or zstd.</summary>
/// <param name="Stream">From its beginning; whoever made it disposes it.</param>
public sealed record LayerArchive(Stream Stream)
{
    /// <summary>SHA-256 of the bytes as they come; null when it is not known.</summary>
    public Digest? PackedDigest { get; init; }

    /// <summary>SHA-256 of the plain archive; null when it is not known.</summary>
    public Digest? DiffId { get; init; }

    public ArchiveRules Rules { get; init; } = ArchiveRules.Layer;
}
