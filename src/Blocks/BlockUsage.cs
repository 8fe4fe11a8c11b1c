namespace Appliance.Blocks;

/// <summary>A number of blocks and the sum of their lengths.</summary>
public readonly record struct BlockUsage(long BlockCount, long Bytes)
{
    public BlockUsage Plus(BlockUsage other) => new(BlockCount + other.BlockCount, Bytes + other.Bytes);
}
