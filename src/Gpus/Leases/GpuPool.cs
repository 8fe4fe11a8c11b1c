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
    private readonly GpuLine line = new();
    private GpuInventory? inventory;

    /// <summary>How many requests wait for devices.</summary>
    public int WaitingCount
    {
        get
        {
            lock (turn)
            {
                return line.Count;
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
    /// <param name="onWait">Told when the devices cannot be had at once.</param>
    /// <exception cref="ApplianceException">InvalidArgument, FailedPrecondition: the machine does not have them, or not any more.</exception>
    public async Task<GpuAttachment> LeaseAsync(
        string owner, GpuRequest request, DateTimeOffset since, CancellationToken cancellation, Action? onWait = null)
    {
        await CheckAsync(request).ConfigureAwait(false);
        GpuInventory present = await watch.ReadAsync().ConfigureAwait(false);
        GpuWaiter waiter;
        lock (turn)
        {
            inventory = present;

            // Of a start that an earlier server was killed in.
            held.Remove(owner);
            waiter = line.Find(owner) ?? line.Add(owner, request, since);
            waiter.HasCome = true;
            Serve();
        }

        if (!waiter.Granted.Task.IsCompleted)
        {
            onWait?.Invoke();
        }

        await using CancellationTokenRegistration registration = cancellation.Register(() => Withdraw(waiter, cancellation));
        return await waiter.Granted.Task.ConfigureAwait(false);
    }

    /// <summary>Divides what one task has among several, the first of which is itself.</summary>
    /// <param name="owners">Each gets as many.</param>
    /// <returns>What each has.</returns>
    public IReadOnlyList<GpuAttachment> Divide(IReadOnlyList<string> owners)
    {
        lock (turn)
        {
            IReadOnlyList<string> all = held[owners[0]];
            int each = all.Count / owners.Count;
            var parts = new GpuAttachment[owners.Count];
            for (int index = 0; index < parts.Length; index++)
            {
                string[] ids = [.. all.Skip(index * each).Take(each)];
                held[owners[index]] = ids;
                parts[index] = inventory!.Attach([.. inventory.Devices.Where(device => ids.Contains(device.Id))]);
            }

            return parts;
        }
    }

    /// <summary>What a task waits for, and why, as its user sees it; null where it does not wait.</summary>
    public string? ExplainWait(string owner)
    {
        lock (turn)
        {
            return line.Find(owner) is { } waiter && inventory is not null
                ? GpuRefusals.ExplainWait(waiter.Request, inventory, line.CountBefore(waiter))
                : null;
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
            line.Add(owner, request, since);
        }
    }

    /// <summary>Takes back what a task has, or its place in the line, and serves those who wait.</summary>
    public void Release(string owner)
    {
        lock (turn)
        {
            bool hadPlace = line.Find(owner) is { HasCome: false } expected && line.Remove(expected);
            if (held.Remove(owner) | hadPlace)
            {
                Serve();
            }
        }
    }

    private void Withdraw(GpuWaiter waiter, CancellationToken cancellation)
    {
        lock (turn)
        {
            if (line.Remove(waiter))
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

        IReadOnlyList<GpuDevice> present = inventory.Devices;
        HashSet<string> passedOver = new(StringComparer.Ordinal);
        while (line.Oldest(passedOver) is { } waiter)
        {
            if (waiter.HasCome && waiter.Request.TryPick(present, device => !taken.Contains(device.Id)) is { } picked)
            {
                Grant(waiter, picked);
                taken.UnionWith(picked.Select(device => device.Id));
            }
            else if (waiter.HasCome && GpuRefusals.Judge(waiter.Request, inventory) is { } refusal)
            {
                line.Remove(waiter);
                waiter.Granted.SetException(refusal);
            }
            else
            {
                passedOver.Add(waiter.Request.Text);
                taken.UnionWith(present.Where(device => waiter.Request.CouldUse(device, present)).Select(device => device.Id));
            }
        }
    }

    private void Grant(GpuWaiter waiter, IReadOnlyList<GpuDevice> devices)
    {
        line.Remove(waiter);
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
}
