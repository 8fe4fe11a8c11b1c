using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>When inputs have been worked on for too long, and when those that are to be given up must be.</summary>
internal sealed class InputClocks
{
    // All inputs of a pool may take the same time, so the order of their starts is that of their ends.
    private readonly LinkedList<PoolInput> started = [];
    private readonly Dictionary<PoolInput, LinkedListNode<PoolInput>> places = [];
    private readonly Dictionary<PoolInput, DateTimeOffset> leaving = [];

    public void Start(PoolInput input) => places[input] = started.AddLast(input);

    /// <summary>The input is to be given up by then.</summary>
    public void Leave(PoolInput input, DateTimeOffset by)
    {
        Stop(input);
        leaving[input] = by;
    }

    public void Stop(PoolInput input)
    {
        leaving.Remove(input);
        if (places.Remove(input, out LinkedListNode<PoolInput>? place))
        {
            started.Remove(place);
        }
    }

    /// <summary>One that has been worked on for longer than that; null when there is none.</summary>
    public PoolInput? FindLate(TimeSpan allowed, DateTimeOffset now) =>
        started.First is { Value: { } first } && first.StartedAt + allowed <= now ? first : null;

    /// <summary>One that has not been given up in time; null when there is none.</summary>
    public PoolInput? FindStuck(DateTimeOffset now)
    {
        foreach ((PoolInput input, DateTimeOffset by) in leaving)
        {
            if (by <= now)
            {
                return input;
            }
        }

        return null;
    }

    /// <summary>When to look next.</summary>
    public DateTimeOffset Next(TimeSpan allowed)
    {
        DateTimeOffset next = started.First is { Value: { } first } ? first.StartedAt + allowed : DateTimeOffset.MaxValue;
        foreach (DateTimeOffset by in leaving.Values)
        {
            next = by < next ? by : next;
        }

        return next;
    }
}
