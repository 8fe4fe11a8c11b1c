using Appliance.Core.Digests;

namespace Appliance.Metadata.Contents;

/// <summary>Where a block lies that is part of a content.</summary>
public sealed record BlockPlace(Digest ContentId, long ContentSizeBytes, int BlockIndex);
