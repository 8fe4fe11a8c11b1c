using Appliance.Core.Ids.Functions;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>The inputs of one pool that have no result yet, and which of them wait. For one thread at a time.</summary>
internal sealed class PoolInputs
{
    /// <summary>Of how many waiting inputs, and up to what size, the arguments are kept in memory: those are the next.</summary>
    private const int ArgumentsMax = 1000;
    private const int ArgumentBytesMax = 4096;

    private readonly InputQueue queue = new();
    private readonly InputQueue requests = new();
    private readonly Dictionary<InputId, PoolInput> open = [];
    private RateGate? rate;

    /// <summary>How many have no result.</summary>
    public int Count => open.Count;

    /// <summary>How many of them wait, due or not.</summary>
    public int WaitingCount => queue.Count + requests.Count;

    /// <summary>How many requests to a server wait.</summary>
    public int RequestCount => requests.Count;

    /// <summary>When one can be taken that cannot be now; null when there is none.</summary>
    public DateTimeOffset? NextDue(DateTimeOffset now) =>
        queue.DueCount > 0 && rate?.NextOpening is { } opening && opening > now ? opening : queue.NextDue;

    public PoolInput? Find(InputId id) => open.GetValueOrDefault(id);

    /// <summary>Whether it is still to be done, as this very attempt.</summary>
    public bool IsWanted(PoolInput input) => open.GetValueOrDefault(input.Id) == input;

    /// <summary>How many may be taken in which time from now on; null for as many as come.</summary>
    public void Limit(RateLimit? limit) => rate = limit is null ? null : rate?.Limit == limit ? rate : new RateGate(limit);

    /// <summary>Takes one in that nobody works on; one that is there already is left as it is.</summary>
    public void Add(PoolInput input)
    {
        if (open.TryAdd(input.Id, input))
        {
            if (queue.Count >= ArgumentsMax || input.Arguments?.Body is { Length: > ArgumentBytesMax })
            {
                input.Arguments = null;
            }

            QueueOf(input).Add(input);
        }
    }

    /// <summary>Takes one in that does not wait, or not yet; false when it is there already.</summary>
    public bool TryOpen(PoolInput input) => open.TryAdd(input.Id, input);

    /// <summary>Puts another attempt in its place, which does not wait yet.</summary>
    public void Replace(PoolInput again) => open[again.Id] = again;

    /// <summary>Lets one wait before all others: it has waited its time already.</summary>
    public void WaitFirst(PoolInput input) => queue.Add(input, first: true);

    /// <summary>Lets one wait until a moment.</summary>
    public void WaitUntil(PoolInput input, DateTimeOffset at) => queue.AddLater(input, at);

    /// <summary>Lets one that waits or waited do so until a moment, if it has no result yet.</summary>
    public void WaitAgain(InputId id, DateTimeOffset at)
    {
        if (open.TryGetValue(id, out PoolInput? input))
        {
            queue.TryDrop(input);
            queue.AddLater(input, at);
        }
    }

    /// <summary>Lets what has become due be taken.</summary>
    public void Advance(DateTimeOffset now) => queue.Advance(now);

    /// <summary>Whether one is due and may begin.</summary>
    public bool CanTake(DateTimeOffset now) => queue.DueCount > 0 && !(rate?.NextOpening > now);

    /// <summary>The next that is due; there is one.</summary>
    public PoolInput Take(DateTimeOffset now)
    {
        rate?.Pass(now);
        return queue.Take()!;
    }

    /// <summary>The next request to a server; null when none waits.</summary>
    public PoolInput? TakeRequest() => requests.Take();

    /// <summary>It has a result, or gets one elsewhere.</summary>
    /// <returns>The input; null when it had one already.</returns>
    public PoolInput? End(InputId id)
    {
        if (open.Remove(id, out PoolInput? input) && input.Task is null)
        {
            QueueOf(input).TryDrop(input);
        }

        return input;
    }

    /// <summary>Ends all that nobody works on.</summary>
    public IReadOnlyList<PoolInput> EndWaiting()
    {
        PoolInput[] waiting = [.. open.Values.Where(each => each.Task is null)];
        foreach (PoolInput input in waiting)
        {
            End(input.Id);
        }

        return waiting;
    }

    private InputQueue QueueOf(PoolInput input) => input.Seat is null ? queue : requests;
}
