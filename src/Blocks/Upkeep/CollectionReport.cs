namespace Appliance.Blocks.Upkeep;

/// <summary>What a collection removed.</summary>
public readonly record struct CollectionReport(long RemovedCount, long RemovedBytes);
