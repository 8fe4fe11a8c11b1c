namespace Appliance.Containers.Usage;

/// <summary>Adds up what a container uses. The kernel counts time and peaks; how long memory was held takes looks at it.</summary>
internal sealed class UsageMeter(string file, Func<CgroupCounters?> read, TimeProvider clock)
{
    private readonly Lock turn = new();
    private ContainerUsage? last = ContainerUsage.Load(file);

    /// <summary>Looks now, and keeps what it saw. What was last seen once the container is gone; null if that is nothing.</summary>
    public ContainerUsage? Look()
    {
        lock (turn)
        {
            if (read() is not { } now)
            {
                return last;
            }

            DateTimeOffset at = clock.GetUtcNow();
            double seconds = last is null ? 0 : Math.Max(0, (at - last.At).TotalSeconds);
            long average = ((last?.MemoryBytes ?? 0) + now.MemoryBytes) / 2;
            last = new ContainerUsage(
                Math.Max(now.CpuNanoseconds, last?.CpuNanoseconds ?? 0),
                now.MemoryBytes,
                Math.Max(Math.Max(now.MemoryPeakBytes, now.MemoryBytes), last?.MemoryPeakBytes ?? 0),
                (last?.MemoryByteSeconds ?? 0) + average * seconds,
                at);
            Keep(last);
            return last;
        }
    }

    private void Keep(ContainerUsage usage)
    {
        try
        {
            usage.Save(file);
        }
        catch (IOException)
        {
            // The disk is full: a container's end must be noted all the same, and the next look saves again.
        }
    }
}
