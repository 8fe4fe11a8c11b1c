namespace Appliance.Blocks.Upkeep;

/// <summary>What a verification found.</summary>
internal enum BlockCondition
{
    Intact,
    Missing,
    Damaged,
}
