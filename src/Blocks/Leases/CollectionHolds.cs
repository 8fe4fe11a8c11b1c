namespace Appliance.Blocks.Leases;

/// <summary>
/// Moments since which nothing that was stored or found may be collected, however long ago that is by now. Work on a
/// million blocks takes one hold instead of a million leases.
/// </summary>
public sealed class CollectionHolds(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly List<DateTimeOffset> holds = [];

    /// <summary>Protects what is stored or found from now until this is disposed, and for a grace after that.</summary>
    public IDisposable Take()
    {
        lock (gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            holds.Add(now);
            return new Hold(this, now);
        }
    }

    /// <summary>The given moment, or that of the oldest hold if that is earlier.</summary>
    public DateTimeOffset Limit(DateTimeOffset cutoff)
    {
        lock (gate)
        {
            return holds.Append(cutoff).Min();
        }
    }

    private void Release(DateTimeOffset moment)
    {
        lock (gate)
        {
            holds.Remove(moment);
        }
    }

    private sealed class Hold(CollectionHolds owner, DateTimeOffset moment) : IDisposable
    {
        private CollectionHolds? owner = owner;

        public void Dispose() => Interlocked.Exchange(ref owner, null)?.Release(moment);
    }
}
