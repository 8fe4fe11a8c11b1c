using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>Whether a pool has wanted more containers for long enough to grow.</summary>
internal sealed class SustainedDemand
{
    /// <summary>When that may be; null while nothing is to be waited for.</summary>
    public DateTimeOffset? Due { get; private set; }

    /// <summary>The first container, and those that are always to be there, are not waited for.</summary>
    public bool Lasts(int live, int wanted, PoolScaling scaling, DateTimeOffset now)
    {
        if (live >= wanted)
        {
            Due = null;
            return false;
        }

        if (live == 0 || live < scaling.Min)
        {
            return true;
        }

        Due ??= now + scaling.GrowTime;
        return now >= Due;
    }
}
