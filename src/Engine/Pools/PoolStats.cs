namespace Appliance.Engine.Pools;

/// <summary>How much there is to do in a pool, and who does it.</summary>
public sealed record PoolStats(int Waiting, int Running, int Containers);
