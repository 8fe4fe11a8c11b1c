using System.Collections.Concurrent;
using Appliance.Metadata.Dicts;
using Appliance.Metadata.Transactions;

namespace Appliance.Dicts;

/// <summary>
/// Remembers which entries were read until <see cref="DictSweeper"/> notes it down, many at a time. A crash forgets the
/// reads of the last minute, which is why <see cref="DictLimits.UsePrecision"/> is added to an entry's life.
/// </summary>
public sealed class DictUses(TimeProvider clock)
{
    private const int CountMax = 100_000;

    private readonly ConcurrentQueue<DictUse> waiting = new();

    /// <summary>An entry was read; cheap, and in nearly all cases without effect.</summary>
    public void Add(long generation, DateTimeOffset usedAt, ReadOnlySpan<byte> key)
    {
        if (IsOld(usedAt) && waiting.Count < CountMax)
        {
            byte[] own = key.ToArray();
            waiting.Enqueue(new DictUse(generation, own, own));
        }
    }

    /// <summary>A page of entries, in order, was read.</summary>
    public void Add(long generation, IReadOnlyList<DictEntryRecord> page)
    {
        if (page.Any(entry => IsOld(entry.UsedAt)))
        {
            waiting.Enqueue(new DictUse(generation, page[0].Key, page[^1].Key));
        }
    }

    internal bool IsEmpty => waiting.IsEmpty;

    /// <summary>Takes out some of what waits.</summary>
    internal IReadOnlyList<DictUse> Take(int countMax)
    {
        var taken = new List<DictUse>();
        while (taken.Count < countMax && waiting.TryDequeue(out DictUse use))
        {
            taken.Add(use);
        }

        return taken;
    }

    internal static void Write(WriteTransaction write, IReadOnlyList<DictUse> uses)
    {
        foreach (DictUse use in uses)
        {
            DictEntries.Touch(
                write, use.Generation, use.FirstKey, use.LastKey, DictEntryStore.LiveSince(write.Now), write.Now - DictLimits.UsePrecision);
        }
    }

    private bool IsOld(DateTimeOffset usedAt) => usedAt < clock.GetUtcNow() - DictLimits.UsePrecision;
}
