namespace Appliance.Blocks.Upkeep;

/// <summary>How the blocks divide.</summary>
/// <param name="Stored">All of them.</param>
/// <param name="Unreferenced">Those that no manifest references.</param>
/// <param name="Collectable">Those of the latter that nobody has used for as long as was asked.</param>
public readonly record struct BlockSurvey(BlockUsage Stored, BlockUsage Unreferenced, BlockUsage Collectable);
