using Appliance.Core.Digests;

namespace Appliance.Metadata.Images;

/// <summary>The row of one image.</summary>
/// <param name="Key">Its number in other tables.</param>
/// <param name="Id">What clients call it.</param>
/// <param name="Definition">What it was made from: equal definitions are one image. Null for one of a kind.</param>
/// <param name="Config">The OCI configuration, as JSON.</param>
/// <param name="Origin">How it came to be.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">When it goes by itself; null for never.</param>
/// <param name="RemovedAt">Since when only those have it who hold it.</param>
public sealed record ImageRecord(
    long Key,
    string Id,
    Digest? Definition,
    string Config,
    ImageOrigin Origin,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RemovedAt);
