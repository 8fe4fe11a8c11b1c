using Appliance.Core.Errors;
using Appliance.Gpus.Discovery;

namespace Appliance.Gpus.Leases;

/// <summary>
/// Lends the machine's GPUs, each to one task at a time. Who waits is served in the order of asking; a device that somebody
/// waits for is not given to those behind, so that a large request gets its turn, while those who want other models pass.
/// </summary>
public sealed class GpuPool(GpuWatch watch)
{
    private readonly Lock turn = new();
    private readonly Dictionary<string, IReadOnlyList<string>> held = new(StringComparer.Ordinal);
    private readonly List<Waiter> waiters = [];
    private GpuInventory? inventory;

    /// <summary>How many requests wait for devices.</summary>
    public int WaitingCount
    {
        get
        {
            lock (turn)
            {
                return waiters.Count;
            }
        }
    }

    /// <summary>Whether the request could be served if nobody else had a device.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: no such type. FailedPrecondition: the machine has not that many.</exception>
    public async Task CheckAsync(GpuRequest request)
    {
        GpuInventory present = await watch.ReadAsync().ConfigureAwait(false);
        if (GpuRefusals.Judge(request, present) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Waits for devices until they can be had; they are the owner's until <see cref="Release"/>.</summary>
    /// <param name="owner">The task.</param>
    /// <param name="request">What it needs.</param>
    /// <param name="since">When it asked, perhaps of an earlier server: its place in the line.</param>
    /// <param name="cancellation">Ends the waiting; nothing is lent then.</param>
    /// <exception cref="ApplianceException">InvalidArgument, FailedPrecondition: the machine does not have them, or not any more.</exception>
    public async Task<GpuAttachment> LeaseAsync(string owner, GpuRequest request, DateTimeOffset since, CancellationToken cancellation)
    {
        await CheckAsync(request).ConfigureAwait(false);
        GpuInventory present = await watch.ReadAsync().ConfigureAwait(false);
        Waiter waiter;
        lock (turn)
        {
            inventory = present;

            // Of a start that an earlier server was killed in.
            held.Remove(owner);
            waiter = waiters.Find(other => other.Owner == owner) ?? Queue(owner, request, since);
            waiter.HasCome = true;
            Serve();
        }

        await using CancellationTokenRegistration registration = cancellation.Register(() => Withdraw(waiter, cancellation));
        return await waiter.Granted.Task.ConfigureAwait(false);
    }

    /// <summary>What a task waits for, and why, as its user sees it; null where it does not wait.</summary>
    public string? ExplainWait(string owner)
    {
        lock (turn)
        {
            int place = waiters.FindIndex(waiter => waiter.Owner == owner);
            return place < 0 || inventory is null ? null : GpuRefusals.ExplainWait(waiters[place].Request, inventory, place);
        }
    }

    /// <summary>Notes devices that a task has from an earlier server.</summary>
    public void Hold(string owner, IReadOnlyList<string> deviceIds)
    {
        lock (turn)
        {
            held[owner] = deviceIds;
        }
    }

    /// <summary>
    /// Keeps the place in the line of a task that waited at an earlier server, until it asks again or is released: others
    /// who ask sooner must not pass it.
    /// </summary>
    public void Expect(string owner, GpuRequest request, DateTimeOffset since)
    {
        lock (turn)
        {
            Queue(owner, request, since);
        }
    }

    /// <summary>Takes back what a task has, or its place in the line, and serves those who wait.</summary>
    public void Release(string owner)
    {
        lock (turn)
        {
            if (held.Remove(owner) | waiters.RemoveAll(waiter => waiter.Owner == owner && !waiter.HasCome) > 0)
            {
                Serve();
            }
        }
    }

    private Waiter Queue(string owner, GpuRequest request, DateTimeOffset since)
    {
        var waiter = new Waiter(owner, request, since);
        int place = waiters.FindIndex(other => other.Since > since);
        waiters.Insert(place < 0 ? waiters.Count : place, waiter);
        return waiter;
    }

    private void Withdraw(Waiter waiter, CancellationToken cancellation)
    {
        lock (turn)
        {
            if (waiters.Remove(waiter))
            {
                waiter.Granted.SetCanceled(cancellation);
                Serve();
            }
        }
    }

    private void Serve()
    {
        if (inventory is null)
        {
            // Nobody has asked yet.
            return;
        }

        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (IReadOnlyList<string> devices in held.Values)
        {
            taken.UnionWith(devices);
        }

        foreach (Waiter waiter in waiters.ToArray())
        {
            IReadOnlyList<GpuDevice> present = inventory.Devices;
            if (waiter.HasCome && waiter.Request.TryPick(present, device => !taken.Contains(device.Id)) is { } picked)
            {
                Grant(waiter, picked);
                taken.UnionWith(picked.Select(device => device.Id));
            }
            else if (waiter.HasCome && GpuRefusals.Judge(waiter.Request, inventory) is { } refusal)
            {
                waiters.Remove(waiter);
                waiter.Granted.SetException(refusal);
            }
            else
            {
                taken.UnionWith(present.Where(device => waiter.Request.CouldUse(device, present)).Select(device => device.Id));
            }
        }
    }

    private void Grant(Waiter waiter, IReadOnlyList<GpuDevice> devices)
    {
        waiters.Remove(waiter);
        try
        {
            GpuAttachment attachment = inventory!.Attach(devices);
            held[waiter.Owner] = [.. devices.Select(device => device.Id)];
            waiter.Granted.SetResult(attachment);
        }
        catch (ApplianceException gone)
        {
            waiter.Granted.SetException(gone);
        }
    }

    private sealed class Waiter(string owner, GpuRequest request, DateTimeOffset since)
    {
        public string Owner => owner;

        public GpuRequest Request => request;

        public DateTimeOffset Since => since;

        /// <summary>Whether it asked this server; until then it has its place only.</summary>
        public bool HasCome { get; set; }

        // Those who go on must not do so under the lock.
        public TaskCompletionSource<GpuAttachment> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
