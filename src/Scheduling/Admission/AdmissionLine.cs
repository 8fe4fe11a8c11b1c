namespace Appliance.Scheduling.Admission;

/// <summary>Who waits, in the order in which they are served: the higher priority first, and of one priority the older.</summary>
internal sealed class AdmissionLine
{
    private readonly SortedSet<AdmissionWaiter> order = new(ServedFirst.Instance);
    private readonly Dictionary<string, AdmissionWaiter> byOwner = new(StringComparer.Ordinal);
    private long lastNumber;

    public int Count => order.Count;

    /// <summary>Null when nobody waits.</summary>
    public AdmissionWaiter? First => order.Min;

    public AdmissionWaiter? Find(string owner) => byOwner.GetValueOrDefault(owner);

    public AdmissionWaiter Add(AdmissionRequest request)
    {
        var waiter = new AdmissionWaiter(request, ++lastNumber);
        order.Add(waiter);
        byOwner[request.Owner] = waiter;
        return waiter;
    }

    /// <returns>False when it does not wait any more.</returns>
    public bool Remove(AdmissionWaiter waiter)
    {
        bool wasThere = order.Remove(waiter);
        if (wasThere)
        {
            byOwner.Remove(waiter.Request.Owner);
        }

        return wasThere;
    }

    /// <summary>Those right behind the first, at most so many.</summary>
    public IEnumerable<AdmissionWaiter> BehindFirst(int countMax) => order.Skip(1).Take(countMax);

    private sealed class ServedFirst : IComparer<AdmissionWaiter>
    {
        public static readonly ServedFirst Instance = new();

        public int Compare(AdmissionWaiter? one, AdmissionWaiter? other)
        {
            int byPriority = other!.Request.Priority.CompareTo(one!.Request.Priority);
            int byAge = byPriority != 0 ? byPriority : one.Request.Since.CompareTo(other.Request.Since);
            return byAge != 0 ? byAge : one.Number.CompareTo(other.Number);
        }
    }
}
