using Appliance.Core.Errors;

namespace Appliance.Metadata.Transactions;

/// <summary>
/// Between many asynchronous callers and the one writer thread: a full queue makes callers wait without a thread, an
/// empty one puts the writer to sleep. A channel would leave that thread nothing to block on but a task.
/// </summary>
internal sealed class WriteQueue(int lengthMax)
{
    private readonly SemaphoreSlim slots = new(lengthMax, lengthMax);
    private readonly Queue<IPendingWrite> waiting = new();
    private readonly object gate = new();
    private bool isClosed;

    /// <summary>Completes, at once while there is a place, when the work is in the queue.</summary>
    /// <exception cref="ApplianceException">Unavailable: the queue is closed.</exception>
    public Task AddAsync(IPendingWrite write, CancellationToken cancellation)
    {
        Task slot = slots.WaitAsync(cancellation);
        if (!slot.IsCompletedSuccessfully)
        {
            return AddLaterAsync(slot, write);
        }

        AddToSlot(write);
        return Task.CompletedTask;
    }

    /// <summary>Blocks until there is work, then takes up to <paramref name="countMax"/>; false once closed and empty.</summary>
    public bool TakeGroup(List<IPendingWrite> group, int countMax)
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (isClosed)
                {
                    return false;
                }

                Monitor.Wait(gate);
            }

            while (group.Count < countMax && waiting.TryDequeue(out IPendingWrite? write))
            {
                group.Add(write);
            }
        }

        slots.Release(group.Count);
        return true;
    }

    /// <summary>Accepts no more work; what is queued is still done.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }
    }

    private async Task AddLaterAsync(Task slot, IPendingWrite write)
    {
        await slot.ConfigureAwait(false);
        AddToSlot(write);
    }

    private void AddToSlot(IPendingWrite write)
    {
        lock (gate)
        {
            if (!isClosed)
            {
                waiting.Enqueue(write);
                if (waiting.Count == 1)
                {
                    Monitor.Pulse(gate);
                }

                return;
            }
        }

        slots.Release();
        throw new ApplianceException(ErrorKind.Unavailable, "The server is stopping and accepts no more changes.");
    }
}
