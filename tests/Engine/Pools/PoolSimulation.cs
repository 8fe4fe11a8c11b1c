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
internal sealed class PoolSimulation(int seed) : SimulatedWorld(seed, Define())
{
    private const int ContainersMax = 3;

    private readonly Dictionary<TaskId, Container> containers = [];
    private int seenLaunches;
    private int seenKills;
    private int seenClaims;

    private static FunctionDefinition Define() => PoolRig.Scaled(0, ContainersMax) with
    {
        TimeoutSeconds = 30, StartupTimeoutSeconds = 20, Concurrency = 2, Retry = PoolRig.Retries(2, seconds: 1),
    };

    protected override void Step(int chance)
    {
        switch (chance)
        {
            case < 20: Enqueue(Random.Next(1, 4), isDirect: Random.Next(5) == 0); break;
            case < 35: Pick(each => !each.IsStarted)?.Start(Rig); break;
            case < 55: Pick(each => each is { IsStarted: true, Asked: null, IsDone: false })?.Ask(Rig); break;
            case < 75: Finish(Pick(each => each.Held.Count > 0), fails: Random.Next(4) == 0); break;
            case < 79: Die(Pick(each => each.IsStarted), (SandboxEnding)Random.Next(1, 9)); break;
            case < 82: Die(Pick(each => each.IsKilled), SandboxEnding.Terminated); break;
            case < 84: Rig.Pool.Redefine(ObjectId.Mint<DefinitionId>(), Define()); break;
            case < 86: Cancel(); break;
            case < 87: Rig.Pool.Rollover(); break;
            case < 88 when Pick(each => each is { IsStarted: true, HasAsked: false }) is { } slow: Rig.Pool.FailStart(slow.Task, "enter hook", null); break;
            case < 89: Rig.Advance(Random.Next(10, 60)); break;
            default: Rig.Advance(Random.NextDouble()); break;
        }
    }

    protected override void Calm()
    {
        foreach (Container each in containers.Values.ToArray())
        {
            if (each.IsKilled || (each.IsDone && each.Held.Count == 0))
            {
                Die(each, SandboxEnding.Terminated);
                continue;
            }

            each.Start(Rig);
            while (each.Held.Count > 0)
            {
                Finish(each, fails: false);
            }

            if (each.Asked is null && !each.IsDone)
            {
                each.Ask(Rig);
            }
        }

        Rig.Advance(1);
    }

    private Container? Pick(Func<Container, bool> wanted) => Pick(containers.Values, wanted);

    /// <summary>As the desk of calls does it with a result.</summary>
    private void Finish(Container? container, bool fails)
    {
        if (container is null)
        {
            return;
        }

        InputId id = container.Held.ElementAt(Random.Next(container.Held.Count));
        container.Held.Remove(id);
        if (Rig.Pool.Find(container.Task, id) is not { } input)
        {
            Rig.Pool.Complete(container.Task, id, isEnded: false);
        }
        else if (fails && Rig.Pool.RetryAfter(input) is { } delay)
        {
            input.Attempt++;
            Rig.Pool.Retry(container.Task, id, delay);
        }
        else
        {
            End(id);
            Rig.Pool.Complete(container.Task, id, isEnded: true);
        }
    }

    private void Die(Container? container, SandboxEnding ending)
    {
        if (container is not null)
        {
            containers.Remove(container.Task);
            Rig.Pool.ContainerEnded(container.Task, new SandboxResult(container.IsKilled ? SandboxEnding.Terminated : ending, 1, ""));
        }
    }

    protected override async Task ObserveAsync()
    {
        for (; seenLaunches < Rig.Launched.Count; seenLaunches++)
        {
            containers.Add(Rig.Launched[seenLaunches], new Container(Rig.Launched[seenLaunches]));
        }

        for (; seenKills < Rig.Killed.Count; seenKills++)
        {
            if (containers.TryGetValue(Rig.Killed[seenKills], out Container? killed))
            {
                killed.IsKilled = true;
            }
        }

        for (; seenClaims < Rig.Claims.Count; seenClaims++)
        {
            (InputId id, TaskId task) = Rig.Claims[seenClaims];
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

        Assert.InRange(Rig.Pool.Stats().Containers, 0, ContainersMax);
        Assert.InRange(Rig.Pool.Stats().Running, 0, InputCount);
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
