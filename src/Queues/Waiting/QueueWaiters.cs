namespace Appliance.Queues.Waiting;

/// <summary>
/// Calls that wait for items, first come first served, without asking again and again. Who puts items tells how many,
/// once they are committed, and so many waiters look. One that finds nothing, since another was faster, keeps its place.
/// </summary>
public sealed class QueueWaiters(TimeProvider clock)
{
    private readonly Lock changing = new();
    private readonly Dictionary<PartitionAddress, PartitionLine> lines = [];

    /// <summary>How many partitions are waited at.</summary>
    public int LineCount
    {
        get
        {
            lock (changing)
            {
                return lines.Count;
            }
        }
    }

    /// <summary>Items were committed.</summary>
    public void Signal(PartitionAddress place, int count)
    {
        lock (changing)
        {
            if (lines.TryGetValue(place, out PartitionLine? line))
            {
                line.Signal(count);
            }
        }
    }

    /// <summary>Something befell the queue as a whole: everybody is to look at it again.</summary>
    public void SignalAll(string queueId)
    {
        lock (changing)
        {
            foreach (PartitionLine line in lines.Values.Where(line => line.Place.QueueId == queueId))
            {
                line.Signal(int.MaxValue);
            }
        }
    }

    /// <summary>
    /// Runs <paramref name="attempt"/> when it is this caller's turn and there may be items, until it answers something
    /// or the time is over.
    /// </summary>
    /// <returns>What the attempt answered; null when the time was over first.</returns>
    /// <exception cref="OperationCanceledException">The caller has gone, or the server stops.</exception>
    public Task<T?> TakeAsync<T>(PartitionAddress place, TimeSpan timeout, Func<Task<T?>> attempt, CancellationToken cancellation)
        where T : class => WaitAsync(place, new Waiter(WaiterRole.Taker), timeout, attempt, cancellation);

    /// <summary>As <see cref="TakeAsync"/>, for an attempt that leaves the items where they are: it is always its turn.</summary>
    public Task<T?> WatchAsync<T>(PartitionAddress place, TimeSpan timeout, Func<Task<T?>> attempt, CancellationToken cancellation)
        where T : class => WaitAsync(place, new Waiter(WaiterRole.Watcher), timeout, attempt, cancellation);

    private async Task<T?> WaitAsync<T>(
        PartitionAddress place, Waiter waiter, TimeSpan timeout, Func<Task<T?>> attempt, CancellationToken cancellation)
        where T : class
    {
        long started = clock.GetTimestamp();
        PartitionLine line = Enter(place, waiter);
        T? found = null;
        try
        {
            while (await IsWokenAsync(waiter, timeout - clock.GetElapsedTime(started), cancellation).ConfigureAwait(false))
            {
                found = await attempt().ConfigureAwait(false);
                if (found is not null)
                {
                    break;
                }

                lock (changing)
                {
                    line.SleepUnlessChanged(waiter);
                }
            }

            return found;
        }
        finally
        {
            Leave(line, waiter, found is not null);
        }
    }

    private async Task<bool> IsWokenAsync(Waiter waiter, TimeSpan rest, CancellationToken cancellation)
    {
        Task woken = waiter.Woken;
        if (woken.IsCompleted)
        {
            return true;
        }

        if (rest <= TimeSpan.Zero)
        {
            return false;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task first = await Task.WhenAny(woken, Task.Delay(rest, clock, end.Token)).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return first == woken;
    }

    private PartitionLine Enter(PartitionAddress place, Waiter waiter)
    {
        lock (changing)
        {
            if (!lines.TryGetValue(place, out PartitionLine? line))
            {
                line = new PartitionLine(place);
                lines.Add(place, line);
            }

            line.Join(waiter);
            return line;
        }
    }

    private void Leave(PartitionLine line, Waiter waiter, bool hasTaken)
    {
        lock (changing)
        {
            line.Leave(waiter, hasTaken);
            if (line.IsEmpty)
            {
                lines.Remove(line.Place);
            }
        }
    }
}
