using Appliance.Core.Digests;
using Appliance.Images.Transfers.Formats;

namespace Appliance.Images.Transfers;

/// <summary>An image as it comes from somewhere: its configuration, and where its layers can be read.</summary>
/// <param name="Names">What it is called there; may be none.</param>
/// <param name="Config">Its configuration, byte for byte.</param>
/// <param name="Layers">Base first.</param>
internal sealed record ImagePackage(IReadOnlyList<string> Names, byte[] Config, IReadOnlyList<PackagedLayer> Layers)
{
    /// <summary>The machine that it must be for; null for this one.</summary>
    public ImagePlatform? Platform { get; init; }
}

/// <summary>A layer as it comes from somewhere.</summary>
/// <param name="DiffId">SHA-256 of its plain archive.</param>
/// <param name="PackedDigest">SHA-256 of the bytes as they come; null when it is not known.</param>
/// <param name="SizeBytes">How many bytes come.</param>
/// <param name="OpenAsync">Opens them from the beginning.</param>
internal sealed record PackagedLayer(
    Digest DiffId, Digest? PackedDigest, long SizeBytes, Func<CancellationToken, Task<Stream>> OpenAsync);
