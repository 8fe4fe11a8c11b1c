namespace Appliance.Blocks;

/// <summary>Sizes that the volume protocol fixes (contracts/modal.md §6).</summary>
public static class BlockLimits
{
    /// <summary>The most bytes a block can hold, 8 MiB; also the distance between the blocks of a file.</summary>
    public const int LengthBytesMax = 8 * 1024 * 1024;
}
