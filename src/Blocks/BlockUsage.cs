namespace Appliance.Blocks;

/// <summary>What the store holds: the number of blocks and the sum of their lengths.</summary>
public readonly record struct BlockUsage(long BlockCount, long Bytes);
