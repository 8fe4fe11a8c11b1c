namespace Appliance.Scheduling.Pools;

/// <summary>Keeps to a <see cref="RateLimit"/>. For one thread at a time; each operation costs the same, whatever the limit.</summary>
public sealed class RateGate(RateLimit limit)
{
    private readonly Queue<DateTimeOffset> begun = new();

    public RateLimit Limit => limit;

    /// <summary>When the next may begin; in the past for at once.</summary>
    public DateTimeOffset NextOpening => begun.Count < limit.Count ? DateTimeOffset.MinValue : begun.Peek() + limit.Interval;

    /// <summary>One begins.</summary>
    public void Pass(DateTimeOffset now)
    {
        if (begun.Count == limit.Count)
        {
            begun.Dequeue();
        }

        begun.Enqueue(now);
    }
}
