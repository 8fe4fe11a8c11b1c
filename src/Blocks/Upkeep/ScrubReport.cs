using Appliance.Core.Digests;

namespace Appliance.Blocks.Upkeep;

/// <summary>
/// What a scrub has read so far, or in all. Damaged blocks have been moved into quarantine: they are missing now, and
/// uploading them again heals the store.
/// </summary>
public sealed record ScrubReport(long BlockCount, long Bytes, IReadOnlyList<Digest> Damaged);
