namespace Appliance.Scheduling.Pools;

/// <summary>
/// Inputs that wait for a container: in the order in which they came, and those that are not due yet by their time. No
/// operation costs more than the logarithm of their number. For one thread at a time.
/// </summary>
public sealed class InputQueue
{
    private readonly LinkedList<PoolInput> due = [];
    private readonly Dictionary<PoolInput, LinkedListNode<PoolInput>> places = [];
    private readonly PriorityQueue<PoolInput, (DateTimeOffset At, long Number)> later = new();
    private readonly Dictionary<PoolInput, DateTimeOffset> notDue = [];
    private long added;

    /// <summary>How many wait, due or not.</summary>
    public int Count => due.Count + notDue.Count;

    /// <summary>How many could be handed out now.</summary>
    public int DueCount => due.Count;

    /// <summary>When the next one becomes due that is not; null when there is none.</summary>
    public DateTimeOffset? NextDue => later.TryPeek(out _, out (DateTimeOffset At, long) next) ? next.At : null;

    /// <summary>Adds what is due now.</summary>
    /// <param name="input">What.</param>
    /// <param name="first">Before all others: it has waited its time already.</param>
    public void Add(PoolInput input, bool first = false) => places.Add(input, first ? due.AddFirst(input) : due.AddLast(input));

    /// <summary>Adds what is due at a moment; of the same moment, what came first is first.</summary>
    public void AddLater(PoolInput input, DateTimeOffset at)
    {
        notDue.Add(input, at);
        later.Enqueue(input, (at, added++));
    }

    /// <summary>Takes an input out, wherever it waits; false when it does not.</summary>
    public bool TryDrop(PoolInput input)
    {
        if (places.Remove(input, out LinkedListNode<PoolInput>? place))
        {
            due.Remove(place);
            return true;
        }

        return notDue.Remove(input);
    }

    /// <summary>The next that is due; null when none is.</summary>
    public PoolInput? Take()
    {
        if (due.First is not { } first)
        {
            return null;
        }

        due.RemoveFirst();
        places.Remove(first.Value);
        return first.Value;
    }

    /// <summary>Lets what has become due wait with the others.</summary>
    public void Advance(DateTimeOffset now)
    {
        while (later.TryPeek(out PoolInput? next, out (DateTimeOffset At, long) place) && place.At <= now)
        {
            later.Dequeue();

            // It may have been taken out, and put in again for another moment.
            if (notDue.TryGetValue(next, out DateTimeOffset wanted) && wanted == place.At)
            {
                notDue.Remove(next);
                Add(next);
            }
        }
    }
}
