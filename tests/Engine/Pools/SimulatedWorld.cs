using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>Runs a pool by chance, from a seed, and then until all is done: each input ends, and ends once.</summary>
/// <param name="seed">The same gives the same steps.</param>
/// <param name="definition">Of the pool's function.</param>
internal abstract class SimulatedWorld(int seed, FunctionDefinition definition) : IDisposable
{
    private readonly Dictionary<InputId, PoolInput> inputs = [];
    private readonly HashSet<InputId> ended = [];
    private int seenEnds;

    public int Ended => ended.Count;

    protected Random Random { get; } = new(seed);

    protected PoolRig Rig { get; } = new(definition);

    protected int InputCount => inputs.Count;

    public async Task RunAsync(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            Step(Random.Next(100));
            await LookAsync();
        }

        for (int round = 0; ended.Count < inputs.Count; round++)
        {
            Assert.True(round < 10_000, $"{inputs.Count - ended.Count} of {inputs.Count} inputs never end: {Rig.Pool.Stats()}");
            Calm();
            await LookAsync();
        }

        Assert.Equal((0, 0), (Rig.Pool.Stats().Waiting, Rig.Pool.Stats().Running));
    }

    public void Dispose() => Rig.Dispose();

    /// <summary>Something happens.</summary>
    /// <param name="chance">What: 0 to 99.</param>
    protected abstract void Step(int chance);

    /// <summary>Everybody does what they are there for, and nothing bad happens any more.</summary>
    protected abstract void Calm();

    /// <summary>Takes in what the pool has done to the world.</summary>
    protected abstract Task ObserveAsync();

    protected void Enqueue(int count, bool isDirect = false)
    {
        foreach (PoolInput input in Rig.Add(count, isDirect))
        {
            inputs.Add(input.Id, input);
        }
    }

    protected void Cancel()
    {
        InputId[] open = [.. inputs.Keys.Where(each => !ended.Contains(each))];
        if (open.Length > 0)
        {
            InputId id = open[Random.Next(open.Length)];
            End(id);
            Rig.Pool.Cancel([id], killsContainers: Random.Next(2) == 0);
        }
    }

    protected void End(InputId id) => Assert.True(ended.Add(id), $"Input '{id}' ended twice.");

    protected T? Pick<T>(IEnumerable<T> all, Func<T, bool> wanted)
        where T : class
    {
        T[] fit = [.. all.Where(wanted)];
        return fit.Length == 0 ? null : fit[Random.Next(fit.Length)];
    }

    private Task LookAsync()
    {
        for (; seenEnds < Rig.Ended.Count; seenEnds++)
        {
            End(Rig.Ended[seenEnds].Input);
        }

        return ObserveAsync();
    }
}
