using Appliance.Core.Errors;

namespace Appliance.Scheduling.Admission;

/// <summary>
/// Promises the machine's CPU and memory to tasks of all kinds. What does not fit waits, by priority and then by age.
/// </summary>
/// <remarks>
/// The first in the line has a claim: those behind it may pass, but all that passed must leave as much as it asks for. So it
/// starts at the latest when those are gone who were there when it became the first, however many small ones come, and
/// a large one that waits for hours does not keep small ones waiting for nothing. Only a few are looked at behind
/// the first, so that a change costs O(log n) however many wait.
/// </remarks>
public sealed class AdmissionDesk(MachineCapacity machine)
{
    private const int PassingMax = 32;

    private readonly Lock turn = new();
    private readonly AdmissionLine line = new();
    private readonly Dictionary<string, Promise> promises = new(StringComparer.Ordinal);
    private ResourceRequest used;

    // Of those who passed the one that is the first now.
    private AdmissionWaiter? claimant;
    private ResourceRequest passed;

    public MachineCapacity Machine => machine;

    /// <summary>What is promised; over the total where an earlier server promised more.</summary>
    public ResourceRequest Used
    {
        get
        {
            lock (turn)
            {
                return used;
            }
        }
    }

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

    /// <summary>Whether the machine could keep the promise if nobody else had one.</summary>
    /// <param name="wanted">To one task.</param>
    /// <param name="together">To how many at once.</param>
    /// <exception cref="ApplianceException">InvalidArgument: it never could.</exception>
    public void Check(ResourceRequest wanted, int together = 1)
    {
        if ((AdmissionWords.Judge(wanted, machine) ?? AdmissionWords.JudgeTogether(wanted, together, machine)) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Waits until the promise can be made. It ends with the lease, or with <see cref="Release"/>.</summary>
    /// <returns>Ended already where there is room.</returns>
    /// <exception cref="ApplianceException">InvalidArgument: the machine can never keep it.</exception>
    public Task<AdmissionLease> AdmitAsync(AdmissionRequest request, CancellationToken cancellation)
    {
        Check(request.Wanted, 1 + (request.Others?.Count ?? 0));
        lock (turn)
        {
            // Of a start that an earlier server was killed in.
            Forget(request.Owner);
            AdmissionWaiter waiter = line.Find(request.Owner) ?? line.Add(request);
            waiter.HasCome = true;
            Serve();
            if (!waiter.Granted.Task.IsCompleted)
            {
                waiter.Withdrawal = cancellation.Register(() => Withdraw(waiter, cancellation));
            }

            return waiter.Granted.Task;
        }
    }

    /// <summary>What an owner waits for, and why, as its user sees it; null where it does not wait.</summary>
    public string? ExplainWait(string owner)
    {
        lock (turn)
        {
            return line.Find(owner) is { } waiter
                ? AdmissionWords.ExplainWait(waiter.Request.Total, machine, used, waiter == line.First, line.Count)
                : null;
        }
    }

    /// <summary>Notes what a task has from an earlier server, whether or not it fits: it runs.</summary>
    public void Hold(string owner, ResourceRequest wanted)
    {
        lock (turn)
        {
            Forget(owner);
            if (line.Find(owner) is { } expected)
            {
                line.Remove(expected);
            }

            promises[owner] = new Promise(wanted, null);
            used += wanted;
            Serve();
        }
    }

    /// <summary>
    /// Keeps the place in the line of a task that waited at an earlier server, until it asks again or is released: others
    /// who ask sooner must not pass it.
    /// </summary>
    public void Expect(AdmissionRequest request)
    {
        lock (turn)
        {
            line.Add(request);
        }
    }

    /// <summary>Takes back what an owner has, or its place in the line, and serves those who wait.</summary>
    public void Release(string owner)
    {
        lock (turn)
        {
            bool hadPlace = line.Find(owner) is { HasCome: false } expected && line.Remove(expected);
            if (Forget(owner) | hadPlace)
            {
                Serve();
            }
        }
    }

    private void Withdraw(AdmissionWaiter waiter, CancellationToken cancellation)
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

    private bool Forget(string owner)
    {
        if (!promises.Remove(owner, out Promise promise))
        {
            return false;
        }

        used -= promise.Wanted;
        if (promise.Passed is not null && promise.Passed == claimant)
        {
            passed -= promise.Wanted;
        }

        return true;
    }

    private void Serve()
    {
        while (line.First is { HasCome: true } first && first.Request.Total.FitsIn(machine.Total - used))
        {
            Grant(first, passing: null);
        }

        if (line.First != claimant)
        {
            claimant = line.First;
            passed = default;
        }

        if (claimant is null || !CouldPass(ResourceRequest.Smallest))
        {
            return;
        }

        foreach (AdmissionWaiter waiter in line.BehindFirst(PassingMax).ToArray())
        {
            if (waiter.HasCome && CouldPass(waiter.Request.Total))
            {
                passed += waiter.Request.Total;
                Grant(waiter, claimant);
            }
        }
    }

    private bool CouldPass(ResourceRequest wanted) =>
        wanted.FitsIn(machine.Total - used) && wanted.FitsIn(machine.Total - claimant!.Request.Total - passed);

    private void Grant(AdmissionWaiter waiter, AdmissionWaiter? passing)
    {
        line.Remove(waiter);
        foreach (string owner in (IEnumerable<string>)[waiter.Request.Owner, .. waiter.Request.Others ?? []])
        {
            Forget(owner);
            promises[owner] = new Promise(waiter.Request.Wanted, passing);
            used += waiter.Request.Wanted;
        }

        waiter.Withdrawal.Unregister();
        waiter.Granted.SetResult(new AdmissionLease(this, waiter.Request.Owner));
    }

    /// <param name="Wanted">How much.</param>
    /// <param name="Passed">Who was the first in the line and was passed; null where nobody was.</param>
    private readonly record struct Promise(ResourceRequest Wanted, AdmissionWaiter? Passed);
}
