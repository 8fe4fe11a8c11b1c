namespace Appliance.Gpus.Leases;

/// <summary>
/// Requests for GPUs that wait, in the order of asking. Equal requests stand in a row of their own: where the first of a
/// row cannot be served, none of it can, so that serving looks at each row once, however many wait. For one thread at a time.
/// </summary>
internal sealed class GpuLine
{
    private readonly Dictionary<string, SortedSet<GpuWaiter>> rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GpuWaiter> byOwner = new(StringComparer.Ordinal);
    private long lastNumber;

    public int Count => byOwner.Count;

    public GpuWaiter? Find(string owner) => byOwner.GetValueOrDefault(owner);

    public GpuWaiter Add(string owner, GpuRequest request, DateTimeOffset since)
    {
        var waiter = new GpuWaiter(owner, request, since, ++lastNumber);
        if (!rows.TryGetValue(request.Text, out SortedSet<GpuWaiter>? row))
        {
            rows[request.Text] = row = new SortedSet<GpuWaiter>(Older.Instance);
        }

        row.Add(waiter);
        byOwner[owner] = waiter;
        return waiter;
    }

    /// <returns>False when it does not wait any more.</returns>
    public bool Remove(GpuWaiter waiter)
    {
        if (!rows.TryGetValue(waiter.Request.Text, out SortedSet<GpuWaiter>? row) || !row.Remove(waiter))
        {
            return false;
        }

        byOwner.Remove(waiter.Owner);
        if (row.Count == 0)
        {
            rows.Remove(waiter.Request.Text);
        }

        return true;
    }

    /// <summary>The oldest of the rows that are not to be passed over; null when there is none.</summary>
    public GpuWaiter? Oldest(HashSet<string> passedOver) => rows
        .Where(row => !passedOver.Contains(row.Key)).Select(row => row.Value.Min!).Min(Older.Instance);

    /// <summary>How many are served before it. Looks at all: for people who ask.</summary>
    public int CountBefore(GpuWaiter waiter) => byOwner.Values.Count(other => Older.Instance.Compare(other, waiter) < 0);

    private sealed class Older : IComparer<GpuWaiter>
    {
        public static readonly Older Instance = new();

        public int Compare(GpuWaiter? one, GpuWaiter? other)
        {
            int bySince = one!.Since.CompareTo(other!.Since);
            return bySince != 0 ? bySince : one.Number.CompareTo(other.Number);
        }
    }
}

/// <summary>A request that waits.</summary>
internal sealed class GpuWaiter(string owner, GpuRequest request, DateTimeOffset since, long number)
{
    public string Owner => owner;

    public GpuRequest Request => request;

    public DateTimeOffset Since => since;

    /// <summary>Tells those of one moment apart.</summary>
    public long Number => number;

    /// <summary>Whether it asked this server; until then it has its place only.</summary>
    public bool HasCome { get; set; }

    // Those who go on must not do so under the lock.
    public TaskCompletionSource<GpuAttachment> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
