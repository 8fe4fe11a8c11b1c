using Appliance.Blocks.Upkeep;
using Appliance.Volumes.Trees;

namespace Appliance.Admin.Space;

/// <summary>What only a look at every file tells, and when that look was.</summary>
/// <param name="TakenAt">When.</param>
/// <param name="Cost">How long it took.</param>
/// <param name="Blocks">The block store.</param>
/// <param name="Variants">The tree variants.</param>
/// <param name="UnusedVariants">Those that no tree uses.</param>
/// <param name="Sandboxes">Files that containers wrote, running ones too.</param>
/// <param name="EndedSandboxBytes">What of that belongs to sandboxes that ended long enough ago to be removed.</param>
/// <param name="Folders">Other folders of the data directory, by name.</param>
internal sealed record SpaceSurvey(
    DateTimeOffset TakenAt,
    TimeSpan Cost,
    BlockSurvey Blocks,
    VariantUsage Variants,
    VariantUsage UnusedVariants,
    (long Count, long Bytes) Sandboxes,
    long EndedSandboxBytes,
    IReadOnlyList<(string Name, VariantUsage Usage)> Folders);
