namespace Appliance.Engine.Pools;

/// <summary>Wakes a pool at the latest when something is due. For one thread at a time.</summary>
internal sealed class PoolAlarm(TimeProvider clock, Action ring) : IDisposable
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);

    private readonly ITimer timer = clock.CreateTimer(_ => ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    private DateTimeOffset setFor = DateTimeOffset.MaxValue;

    /// <summary>It has rung, and rings no more until it is set.</summary>
    public void Heard() => setFor = DateTimeOffset.MaxValue;

    /// <summary>
    /// To ring at a moment. What is due later than it was is found when it rings for the old moment, which is cheaper
    /// than to set it with each input.
    /// </summary>
    public void Set(DateTimeOffset at, DateTimeOffset now)
    {
        if (at < setFor)
        {
            setFor = at;
            timer.Change(at > now ? at - now : Soonest, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => timer.Dispose();
}
