namespace Appliance.Queues.Waiting;

/// <summary>Who waits at one partition. Guarded by the lock of <see cref="QueueWaiters"/>.</summary>
internal sealed class PartitionLine(PartitionAddress place)
{
    private readonly LinkedList<Waiter> takers = new();
    private readonly LinkedList<Waiter> watchers = new();
    private int asleepCount;

    // Takers that have looked in vain.
    private int provenCount;

    // Items that came when all takers were looking already.
    private int unclaimedCount;

    public PartitionAddress Place => place;

    /// <summary>Changes with every put.</summary>
    public long Version { get; private set; }

    public bool IsEmpty => takers.Count == 0 && watchers.Count == 0;

    /// <summary>
    /// Lets somebody in, who looks at once. Only a taker waits from the beginning where others have looked in vain and
    /// still are here: those go first.
    /// </summary>
    public void Join(Waiter waiter)
    {
        waiter.SeenVersion = Version;
        (waiter.Role == WaiterRole.Taker ? takers : watchers).AddLast(waiter);
        if (waiter.Role == WaiterRole.Watcher || provenCount == 0)
        {
            return;
        }

        if (unclaimedCount > 0)
        {
            unclaimedCount--;
        }
        else
        {
            Sleep(waiter);
        }
    }

    /// <summary>To be called after a look in vain: waits, unless there was a put since that look began.</summary>
    public void SleepUnlessChanged(Waiter waiter)
    {
        if (waiter.SeenVersion == Version)
        {
            Sleep(waiter);
        }

        waiter.SeenVersion = Version;
    }

    /// <summary>Items came: as many takers may look, the longest waiting first, and all watchers, who take nothing.</summary>
    public void Signal(int count)
    {
        Version++;
        foreach (Waiter watcher in watchers)
        {
            watcher.Wake(Version);
        }

        Wake(count);
    }

    /// <summary>Takes somebody out. A taker that was woken and took nothing leaves that to the next.</summary>
    public void Leave(Waiter waiter, bool hasTaken)
    {
        if (waiter.Role == WaiterRole.Watcher)
        {
            watchers.Remove(waiter);
            return;
        }

        takers.Remove(waiter);
        provenCount -= waiter.HasSlept ? 1 : 0;
        if (waiter.IsAsleep)
        {
            asleepCount--;
        }
        else if (!hasTaken)
        {
            Wake(1);
        }
    }

    private void Sleep(Waiter waiter)
    {
        if (waiter.Role == WaiterRole.Taker)
        {
            // Nobody looked in vain before: whatever came until now is taken.
            unclaimedCount = provenCount == 0 ? 0 : unclaimedCount;
            provenCount += waiter.HasSlept ? 0 : 1;
            asleepCount++;
        }

        waiter.Sleep();
    }

    private void Wake(int count)
    {
        for (LinkedListNode<Waiter>? node = takers.First; node is not null && count > 0 && asleepCount > 0; node = node.Next)
        {
            if (node.Value.IsAsleep)
            {
                node.Value.Wake(Version);
                asleepCount--;
                count--;
            }
        }

        unclaimedCount = (int)Math.Min((long)unclaimedCount + count, QueueLimits.ItemsPerPartitionMax);
    }
}
