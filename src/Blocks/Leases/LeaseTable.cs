using System.Runtime.InteropServices;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Leases;

/// <summary>
/// Who needs which block now, and which blocks are about to be removed. Removal has two steps: a block that nobody
/// holds is condemned, then its references are looked up, then it is removed, but only if it is still condemned.
/// Pinning acquits it at any time before that, so a pin is never refused and never waits for a look-up.
/// </summary>
internal sealed class LeaseTable(TimeProvider time)
{
    private const int StripeCount = 64;

    private readonly Stripe[] stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe())];

    /// <summary>Holds the block, be it there or not, until <see cref="Release"/> or <see cref="Withdraw"/>.</summary>
    public void Pin(Digest digest)
    {
        Stripe stripe = StripeOf(digest);
        lock (stripe.Gate)
        {
            ref Use use = ref CollectionsMarshal.GetValueRefOrAddDefault(stripe.Uses, digest, out _);
            use.Pins++;
            use.IsCondemned = false;
        }
    }

    /// <summary>Ends a pin; the block counts as used now.</summary>
    public void Release(Digest digest) => Unpin(digest, time.GetUtcNow().UtcTicks);

    /// <summary>Ends a pin that found nothing to hold.</summary>
    public void Withdraw(Digest digest) => Unpin(digest, usedAtTicks: 0);

    /// <summary>Marks a block for removal, unless it is held or was used after <paramref name="cutoff"/>.</summary>
    public bool TryCondemn(Digest digest, DateTimeOffset cutoff)
    {
        Stripe stripe = StripeOf(digest);
        lock (stripe.Gate)
        {
            ref Use use = ref CollectionsMarshal.GetValueRefOrAddDefault(stripe.Uses, digest, out _);
            bool isFree = use.Pins == 0 && use.UsedAtTicks <= cutoff.UtcTicks;
            use.IsCondemned = isFree;
            return isFree;
        }
    }

    /// <summary>Whether <see cref="TryCondemn"/> would succeed now.</summary>
    public bool IsFree(Digest digest, DateTimeOffset cutoff)
    {
        Stripe stripe = StripeOf(digest);
        lock (stripe.Gate)
        {
            return !stripe.Uses.TryGetValue(digest, out Use use) || (use.Pins == 0 && use.UsedAtTicks <= cutoff.UtcTicks);
        }
    }

    /// <summary>Ends a condemnation: runs <paramref name="remove"/> unless the block was pinned since.</summary>
    /// <returns>Whether it ran and says that it removed something.</returns>
    public bool TryRemove(Digest digest, Func<Digest, bool> remove)
    {
        Stripe stripe = StripeOf(digest);
        lock (stripe.Gate)
        {
            if (!stripe.Uses.TryGetValue(digest, out Use use) || !use.IsCondemned)
            {
                return false;
            }

            // Inside the lock: a pin taken after this must find the block gone.
            bool isRemoved = remove(digest);
            stripe.Uses.Remove(digest);
            return isRemoved;
        }
    }

    /// <summary>Ends a condemnation without removing anything.</summary>
    public void Acquit(Digest digest)
    {
        Stripe stripe = StripeOf(digest);
        lock (stripe.Gate)
        {
            if (stripe.Uses.TryGetValue(digest, out Use use) && use.IsCondemned)
            {
                stripe.Uses.Remove(digest);
            }
        }
    }

    /// <summary>Drops the memory of uses that no longer protect anything.</summary>
    public void Forget(DateTimeOffset usedBefore)
    {
        foreach (Stripe stripe in stripes)
        {
            lock (stripe.Gate)
            {
                foreach ((Digest digest, Use use) in stripe.Uses)
                {
                    if (use is { Pins: 0, IsCondemned: false } && use.UsedAtTicks <= usedBefore.UtcTicks)
                    {
                        stripe.Uses.Remove(digest);
                    }
                }
            }
        }
    }

    private void Unpin(Digest digest, long usedAtTicks)
    {
        Stripe stripe = StripeOf(digest);
        lock (stripe.Gate)
        {
            ref Use use = ref CollectionsMarshal.GetValueRefOrNullRef(stripe.Uses, digest);
            use.Pins--;
            use.UsedAtTicks = Math.Max(use.UsedAtTicks, usedAtTicks);
            if (use is { Pins: 0, UsedAtTicks: 0 })
            {
                stripe.Uses.Remove(digest);
            }
        }
    }

    private Stripe StripeOf(Digest digest) => stripes[(uint)digest.GetHashCode() % StripeCount];

    private struct Use
    {
        public int Pins;
        public bool IsCondemned;
        public long UsedAtTicks;
    }

    private sealed class Stripe
    {
        public Lock Gate { get; } = new();

        public Dictionary<Digest, Use> Uses { get; } = [];
    }
}
