using System.Collections.Concurrent;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Engine.Resources;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Admission;
using Appliance.Scheduling.Pools;
using Appliance.Tests.Scheduling;

namespace Appliance.Tests.Engine.Pools;

/// <summary>
/// Many functions on a machine with few GPUs, on a clock of its own: containers wait for a GPU in one line, take time to
/// start, and work on inputs one after the other. The line is that of <see cref="AdmissionDesk"/>, with GPUs for cores.
/// </summary>
internal sealed class CrowdedMachine : IPoolHost, IDisposable
{
    public static readonly TimeSpan StartTime = TimeSpan.FromSeconds(5);

    private const int EventsPerPause = 256;

    private static readonly ResourceRequest OneGpu = new(1000, 1);
    private static readonly TimeSpan Hold = TimeSpan.FromDays(40);

    private readonly MachinePressure pressure = new();
    private readonly AdmissionDesk line;
    private readonly Dictionary<FunctionId, FunctionPool> pools = [];
    private readonly Dictionary<TaskId, Container> containers = [];
    private readonly Dictionary<InputId, DateTimeOffset> came = [];
    private readonly PriorityQueue<Action, (DateTimeOffset At, long Number)> events = new();
    private readonly Queue<Container> asking = new();
    private readonly ConcurrentQueue<TaskId> told = new();
    private readonly Queue<Container> yielding = new();
    private readonly List<Container> waitingForPlace = [];
    private long eventCount;
    private long unheard;

    public CrowdedMachine(int gpus)
    {
        line = new AdmissionDesk(new MachineCapacity(gpus, 1_000_000, CpuOvercommit: 1));
        pressure.Begun = (task, function) =>
        {
            pools[function!.Value].ContainerWaits(task);
            MakeRoom();
        };
    }

    public ManualClock Clock { get; } = new();

    public int Ended { get; private set; }

    public int Started { get; private set; }

    /// <summary>How long an input takes.</summary>
    public TimeSpan WorkTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The function whose inputs are expected to wait.</summary>
    public FunctionId Hot { get; set; }

    /// <summary>Told how long inputs of the others waited.</summary>
    public Action<TimeSpan>? ColdWait { get; set; }

    public FunctionPool AddPool(int containersMax)
    {
        var pool = new FunctionPool(
            ObjectId.Mint<FunctionId>(), ObjectId.Mint<AppId>(), ObjectId.Mint<DefinitionId>(),
            PoolRig.Scaled(0, containersMax) with { TimeoutSeconds = 3600 }, this, new MachineSize(containersMax, StartsAtOnce: 1), Clock);
        pools.Add(pool.Id, pool);
        return pool;
    }

    public void At(DateTimeOffset time, Action happens) => events.Enqueue(happens, (time, ++eventCount));

    public void Put(FunctionPool pool)
    {
        var input = new PoolInput(ObjectId.Mint<InputId>(), ObjectId.Mint<FunctionCallId>(), "", isSpawned: true);
        came.Add(input.Id, Clock.GetUtcNow());
        pool.Add([input]);
    }

    /// <summary>Lets time pass until all inputs are done.</summary>
    public async Task RunToEndAsync()
    {
        for (int idle = 0; events.Count > 0 || came.Count > 0;)
        {
            if (events.TryDequeue(out Action? happens, out (DateTimeOffset At, long) place))
            {
                AdvanceTo(place.At);
                happens();
                idle = 0;
            }
            else
            {
                // Only timers are left, or somebody has not been heard yet.
                Assert.True(++idle < 10_000, $"{came.Count} inputs are never done.");
                AdvanceTo(Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
                await Task.Delay(1);
            }

            await LetAskAsync();
        }
    }

    private void AdvanceTo(DateTimeOffset time)
    {
        if (time > Clock.GetUtcNow())
        {
            Clock.Advance(time - Clock.GetUtcNow());
        }
    }

    public void Dispose()
    {
        foreach (FunctionPool pool in pools.Values)
        {
            pool.Dispose();
        }
    }

    bool IPoolHost.IsCrowded => pressure.IsHigh;

    bool IPoolHost.TryYield(FunctionPool pool, TaskId task)
    {
        bool leaves = pressure.TryLeave(task, pool.Id, "", 0);
        if (leaves)
        {
            yielding.Enqueue(containers[task]);
        }

        return leaves;
    }

    void IPoolHost.Launch(FunctionPool pool, TaskId task)
    {
        var container = new Container(pool, task);
        containers.Add(task, container);
        // Not within the pool's lock, as in the real world.
        At(Clock.GetUtcNow(), () => Queue(container));
    }

    void IPoolHost.LaunchTogether(FunctionPool pool, ClusterId id, IReadOnlyList<TaskId> tasks) => throw new NotSupportedException("No function of this machine runs in clusters.");

    void IPoolHost.Terminate(TaskId task) => throw new NotSupportedException("No servers here.");

    void IPoolHost.Kill(TaskId task) => At(Clock.GetUtcNow(), () => End(task, SandboxEnding.Terminated));

    void IPoolHost.NoteClaims(IReadOnlyList<PoolInput> inputs)
    {
        foreach (PoolInput input in inputs)
        {
            Container container = containers[input.Task!.Value];
            if (!container.Pool.Id.Equals(Hot))
            {
                ColdWait?.Invoke(Clock.GetUtcNow() - came[input.Id]);
            }

            At(Clock.GetUtcNow() + WorkTime, () => Finish(container, input.Id));
        }
    }

    void IPoolHost.NoteAgain(PoolInput input, DateTimeOffset dueAt)
    {
    }

    void IPoolHost.End(IReadOnlyList<PoolInput> inputs, InputStatus status, string message, byte[]? body) =>
        Assert.Fail($"An input was given up: {message}");

    private void Queue(Container container)
    {
        if (!containers.ContainsKey(container.Task))
        {
            return;
        }

        container.Place = line.AdmitAsync(new AdmissionRequest(container.Task.Text, OneGpu, Clock.GetUtcNow()), container.GivenUp.Token);
        if (!container.Place.IsCompleted)
        {
            pressure.Begin(container.Task, container.Pool.Id, "", 1);
        }

        waitingForPlace.Add(container);
        Grant();
    }

    /// <summary>Those that have got their place begin to start.</summary>
    private void Grant()
    {
        foreach (Container granted in waitingForPlace.Where(each => each.Place!.IsCompletedSuccessfully).ToArray())
        {
            waitingForPlace.Remove(granted);
            pressure.End(granted.Task);
            At(Clock.GetUtcNow() + StartTime, () => Start(granted));
        }
    }

    private void Start(Container container)
    {
        if (containers.ContainsKey(container.Task))
        {
            Started++;
            container.Pool.ContainerStarted(container.Task);
            container.IsRunning = true;
            asking.Enqueue(container);
        }
    }

    private void Finish(Container container, InputId input)
    {
        Assert.True(came.Remove(input), "An input was done twice.");
        Ended++;
        container.Pool.Complete(container.Task, input, isEnded: true);
        asking.Enqueue(container);
    }

    /// <summary>Containers that have nothing to do ask; one that is told to end does so.</summary>
    private async Task LetAskAsync()
    {
        while (asking.TryDequeue(out Container? container))
        {
            container.Asked = container.Pool.TakeAsync(container.Task, 1, TimeSpan.Zero, Hold, CancellationToken.None);
            _ = container.Asked.ContinueWith(
                asked =>
                {
                    if (asked.Result.IsLast)
                    {
                        told.Enqueue(container.Task);
                    }
                },
                TaskContinuationOptions.ExecuteSynchronously);
        }

        // Answers come on other threads, which takes as long as the real machine likes: those that matter are waited for.
        while (yielding.TryDequeue(out Container? leaves))
        {
            Assert.True((await leaves.Asked!).IsLast);
            End(leaves.Task, SandboxEnding.Success);
        }

        if (++unheard % EventsPerPause == 0)
        {
            await Task.Yield();
        }

        while (told.TryDequeue(out TaskId ended))
        {
            End(ended, SandboxEnding.Success);
        }
    }

    private void End(TaskId task, SandboxEnding ending)
    {
        if (!containers.Remove(task, out Container? container))
        {
            return;
        }

        container.GivenUp.Cancel();
        waitingForPlace.Remove(container);
        pressure.End(task);
        pressure.Left(task);
        line.Release(task.Text);
        container.Pool.ContainerEnded(task, new SandboxResult(ending, 0, ""));
        Grant();
        MakeRoom();
    }

    private void MakeRoom()
    {
        if (pressure.IsHigh)
        {
            foreach (FunctionPool pool in containers.Values.Where(each => each.IsRunning).Select(each => each.Pool).Distinct().ToArray())
            {
                pool.Review();
            }
        }
    }

    private sealed class Container(FunctionPool pool, TaskId task)
    {
        public FunctionPool Pool => pool;

        public TaskId Task => task;

        public CancellationTokenSource GivenUp { get; } = new();

        public Task<AdmissionLease>? Place { get; set; }

        public Task<InputHandout>? Asked { get; set; }

        public bool IsRunning { get; set; }
    }
}
