namespace Appliance.Scheduling.Pools;

/// <summary>How many containers a pool may have, and how many it wants.</summary>
/// <param name="Min">Kept although nothing is to be done.</param>
/// <param name="Max">Never more; null for as many as the machine bears.</param>
/// <param name="Buffer">Kept beyond what is needed while there is work.</param>
/// <param name="IdleTime">How long a container may be idle before it goes.</param>
/// <param name="Target">How many at once a container is meant for, may be a fraction; 0 for any number; null for what its function says.</param>
/// <param name="GrowTime">How long more must be wanted before a pool that has containers grows.</param>
public sealed record PoolScaling(int Min, int? Max, int Buffer, TimeSpan IdleTime, double? Target = null, TimeSpan GrowTime = default)
{
    public static readonly TimeSpan DefaultIdleTime = TimeSpan.FromSeconds(60);

    /// <summary>How many containers there should be.</summary>
    /// <param name="inputs">Waiting and being worked on.</param>
    /// <param name="perContainer">How many of them one container takes.</param>
    /// <param name="machineMax">What the machine bears.</param>
    public int Wanted(int inputs, int perContainer, int machineMax)
    {
        double each = Target is { } target ? (target > 0 ? target : double.PositiveInfinity) : perContainer;
        int needed = inputs == 0 ? 0 : Math.Max(1, (int)Math.Ceiling(inputs / each));
        int wanted = Math.Max(needed > 0 ? needed + Buffer : 0, Min);
        return Math.Min(wanted, Math.Max(Min, Max ?? machineMax));
    }

    /// <summary>The same, counted in clusters: a part of one becomes a whole one, but not above the most.</summary>
    /// <param name="size">How many containers a cluster has; 0 where each works alone.</param>
    public PoolScaling PerCluster(int size) => size <= 1 ? this : this with
    {
        Min = (Min + size - 1) / size, Max = Max is { } max ? Math.Max(1, max / size) : null, Buffer = (Buffer + size - 1) / size,
    };
}
