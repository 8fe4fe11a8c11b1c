using System.Collections.Concurrent;

namespace Appliance.Queues;

/// <summary>
/// Partitions of which something was taken lately, so that there probably is more. A hint, and no more than that: who
/// acts on it finds nothing at worst.
/// </summary>
public sealed class FilledPartitions
{
    private const int CountMax = 10_000;

    private readonly ConcurrentDictionary<PartitionAddress, bool> places = new();

    public bool MayHold(PartitionAddress place) => places.ContainsKey(place);

    /// <summary>Somebody took items, or found none.</summary>
    public void Note(PartitionAddress place, bool hasTaken)
    {
        if (!hasTaken)
        {
            places.TryRemove(place, out _);
        }
        else if (!places.ContainsKey(place))
        {
            ForgetIfTooMany();
            places.TryAdd(place, true);
        }
    }

    // Those that nobody asks again about stay until then.
    private void ForgetIfTooMany()
    {
        if (places.Count >= CountMax)
        {
            places.Clear();
        }
    }
}
