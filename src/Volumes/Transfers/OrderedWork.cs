namespace Appliance.Volumes.Transfers;

/// <summary>
/// Does several things at a time and gives out their results in the order in which they were begun. Bounded by number
/// and by the memory that they take. Used by one caller at a time.
/// </summary>
internal sealed class OrderedWork<T>(Action<T> take) : IAsyncDisposable
{
    // Small files wait for a sync each; many of them share one.
    private const int CountMax = 64;
    private const long BytesMax = 64L * 1024 * 1024;

    private readonly Queue<(Task<T> Task, long Bytes)> begun = [];
    private long bytesBegun;

    /// <summary>Begins the work once there is room for it.</summary>
    public async Task AddAsync(Func<Task<T>> work, long lengthBytes)
    {
        while (begun.Count >= CountMax || (begun.Count > 0 && bytesBegun + lengthBytes > BytesMax))
        {
            await TakeFirstAsync().ConfigureAwait(false);
        }

        begun.Enqueue((Task.Run(work), lengthBytes));
        bytesBegun += lengthBytes;
    }

    /// <summary>Waits for all that was begun.</summary>
    public async Task DrainAsync()
    {
        while (begun.Count > 0)
        {
            await TakeFirstAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for what is still at work when something has failed.</summary>
    public async ValueTask DisposeAsync()
    {
        while (begun.TryDequeue(out (Task<T> Task, long Bytes) left))
        {
            await ((Task)left.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeFirstAsync()
    {
        (Task<T> first, long bytes) = begun.Dequeue();
        bytesBegun -= bytes;
        take(await first.ConfigureAwait(false));
    }
}
