using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>
/// A world around a pool in which anything may happen at any time, and the rules that hold whatever happens: an input ends
/// once and is never with two containers, and there are no more containers than allowed.
/// </summary>
internal sealed class PoolSimulation : IDisposable
{
    private const int ContainersMax = 3;

    private readonly Random random;
    private readonly PoolRig rig;
    private readonly Dictionary<TaskId, Container> containers = [];
    private readonly Dictionary<InputId, PoolInput> inputs = [];
    private readonly HashSet<InputId> ended = [];
    private int seenLaunches;
    private int seenKills;
    private int seenClaims;
    private int seenEnds;

    public PoolSimulation(int seed)
    {
        random = new Random(seed);
        rig = new PoolRig(Define());
    }

    public int Ended => ended.Count;

    public async Task RunAsync(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            Step(random.Next(100));
            await ObserveAsync();
        }

        for (int round = 0; ended.Count < inputs.Count; round++)
        {
            Assert.True(round < 10_000, $"{inputs.Count - ended.Count} of {inputs.Count} inputs never end: {rig.Pool.Stats()}");
            Calm();
            await ObserveAsync();
        }

        Assert.Equal((0, 0), (rig.Pool.Stats().Waiting, rig.Pool.Stats().Running));
    }

    public void Dispose() => rig.Dispose();

    private static FunctionDefinition Define() => PoolRig.Scaled(0, ContainersMax) with
    {
        TimeoutSeconds = 30, StartupTimeoutSeconds = 20, Concurrency = 2, Retry = PoolRig.Retries(2, seconds: 1),
    };

    private void Step(int chance)
    {
        switch (chance)
        {
            case < 20: Enqueue(random.Next(1, 4)); break;
            case < 35: Pick(each => !each.IsStarted)?.Start(rig); break;
            case < 55: Pick(each => each is { IsStarted: true, Asked: null, IsDone: false })?.Ask(rig); break;
            case < 75: Finish(Pick(each => each.Held.Count > 0), fails: random.Next(4) == 0); break;
            case < 79: Die(Pick(each => each.IsStarted), (SandboxEnding)random.Next(1, 9)); break;
            case < 82: Die(Pick(each => each.IsKilled), SandboxEnding.Terminated); break;
            case < 84: rig.Pool.Redefine(ObjectId.Mint<DefinitionId>(), Define()); break;
            case < 86: Cancel(); break;
            case < 87: rig.Pool.Rollover(); break;
            case < 88 when Pick(each => each is { IsStarted: true, HasAsked: false }) is { } slow: rig.Pool.FailStart(slow.Task, "enter hook", null); break;
            case < 89: rig.Advance(random.Next(10, 60)); break;
            default: rig.Advance(random.NextDouble()); break;
        }
    }

    /// <summary>Nothing bad happens any more.</summary>
    private void Calm()
    {
        foreach (Container each in containers.Values.ToArray())
        {
            if (each.IsKilled || (each.IsDone && each.Held.Count == 0))
            {
                Die(each, SandboxEnding.Terminated);
                continue;
            }

            each.Start(rig);
            while (each.Held.Count > 0)
            {
                Finish(each, fails: false);
            }

            if (each.Asked is null && !each.IsDone)
            {
                each.Ask(rig);
            }
        }

        rig.Advance(1);
    }

    private Container? Pick(Func<Container, bool> wanted)
    {
        Container[] fit = [.. containers.Values.Where(wanted)];
        return fit.Length == 0 ? null : fit[random.Next(fit.Length)];
    }

    private void Enqueue(int count)
    {
        foreach (PoolInput input in rig.Add(count, isDirect: random.Next(5) == 0))
        {
            inputs.Add(input.Id, input);
        }
    }

    /// <summary>As the desk of calls does it with a result.</summary>
    private void Finish(Container? container, bool fails)
    {
        if (container is null)
        {
            return;
        }

        InputId id = container.Held.ElementAt(random.Next(container.Held.Count));
        container.Held.Remove(id);
        if (rig.Pool.Find(container.Task, id) is not { } input)
        {
            rig.Pool.Complete(container.Task, id, isEnded: false);
        }
        else if (fails && rig.Pool.RetryAfter(input) is { } delay)
        {
            input.Attempt++;
            rig.Pool.Retry(container.Task, id, delay);
        }
        else
        {
            End(id);
            rig.Pool.Complete(container.Task, id, isEnded: true);
        }
    }

    private void Die(Container? container, SandboxEnding ending)
    {
        if (container is not null)
        {
            containers.Remove(container.Task);
            rig.Pool.ContainerEnded(container.Task, new SandboxResult(container.IsKilled ? SandboxEnding.Terminated : ending, 1, ""));
        }
    }

    private void Cancel()
    {
        InputId[] open = [.. inputs.Keys.Where(each => !ended.Contains(each))];
        if (open.Length > 0)
        {
            InputId id = open[random.Next(open.Length)];
            End(id);
            rig.Pool.Cancel([id], killsContainers: random.Next(2) == 0);
        }
    }

    private void End(InputId id) => Assert.True(ended.Add(id), $"Input '{id}' ended twice.");

    private async Task ObserveAsync()
    {
        for (; seenEnds < rig.Ended.Count; seenEnds++)
        {
            End(rig.Ended[seenEnds].Input);
        }

        for (; seenLaunches < rig.Launched.Count; seenLaunches++)
        {
            containers.Add(rig.Launched[seenLaunches], new Container(rig.Launched[seenLaunches]));
        }

        for (; seenKills < rig.Killed.Count; seenKills++)
        {
            if (containers.TryGetValue(rig.Killed[seenKills], out Container? killed))
            {
                killed.IsKilled = true;
            }
        }

        for (; seenClaims < rig.Claims.Count; seenClaims++)
        {
            (InputId id, TaskId task) = rig.Claims[seenClaims];
            Container[] holders = [.. containers.Values.Where(each => each.Held.Contains(id))];
            Assert.True(holders.Length == 0, $"Input '{id}' goes to '{task}' while '{holders.FirstOrDefault()?.Task}' has it.");
            Container holder = containers[task];
            Assert.Equal([id], (await holder.Asked!.WaitAsync(TimeSpan.FromSeconds(30))).Inputs.Select(each => each.Id));
            holder.Asked = null;
            holder.Held.Add(id);
        }

        foreach (Container each in containers.Values.Where(each => each.Asked is { IsCompleted: true }))
        {
            InputHandout handout = await each.Asked!;
            Assert.Empty(handout.Inputs);
            each.Asked = null;
            each.IsDone = handout.IsLast;
        }

        Assert.InRange(rig.Pool.Stats().Containers, 0, ContainersMax);
        Assert.InRange(rig.Pool.Stats().Running, 0, inputs.Count);
    }

    private sealed class Container(TaskId task)
    {
        public TaskId Task => task;

        public bool IsStarted { get; private set; }

        public bool IsKilled { get; set; }

        public bool HasAsked { get; private set; }

        /// <summary>It was told to end.</summary>
        public bool IsDone { get; set; }

        public Task<InputHandout>? Asked { get; set; }

        public SortedSet<InputId> Held { get; } = new(Comparer<InputId>.Create((one, other) => string.CompareOrdinal(one.Text, other.Text)));

        public void Start(PoolRig rig)
        {
            if (!IsStarted)
            {
                IsStarted = true;
                rig.Pool.ContainerStarted(task);
            }
        }

        public void Ask(PoolRig rig)
        {
            HasAsked = true;
            Asked = rig.AskAsync(task);
        }
    }
}
