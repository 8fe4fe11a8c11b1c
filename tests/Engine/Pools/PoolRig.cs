using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;
using Appliance.Tests.Scheduling;

namespace Appliance.Tests.Engine.Pools;

/// <summary>A pool on a clock of its own, in a world that only notes what the pool does to it.</summary>
internal sealed class PoolRig : IPoolHost, IDisposable
{
    public const int MachineMax = 8;

    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(50);

    private readonly Lock gate = new();

    public PoolRig(FunctionDefinition? definition = null)
    {
        Definition = definition ?? Plain();
        Pool = new FunctionPool(
            ObjectId.Mint<FunctionId>(), ObjectId.Mint<AppId>(), ObjectId.Mint<DefinitionId>(), Definition, this, new MachineSize(MachineMax, StartsAtOnce: 1), Clock);
    }

    public ManualClock Clock { get; } = new();

    public FunctionPool Pool { get; }

    public FunctionDefinition Definition { get; }

    /// <summary>Containers, in the order in which they were asked for.</summary>
    public List<TaskId> Launched { get; } = [];

    public List<TaskId> Killed { get; } = [];

    public List<TaskId> Terminated { get; } = [];

    /// <summary>Whether others wait for the machine.</summary>
    public bool IsCrowded { get; set; }

    /// <summary>Containers that went for others.</summary>
    public List<TaskId> Yielded { get; } = [];

    public List<(InputId Input, TaskId Task)> Claims { get; } = [];

    public List<(InputId Input, int Attempt, int Losses, DateTimeOffset DueAt)> Again { get; } = [];

    public List<(InputId Input, InputStatus Status, string Message, byte[]? Body)> Ended { get; } = [];

    public static FunctionDefinition Plain() => new() { Name = "f", ImageId = "im-1", TimeoutSeconds = 100, StartupTimeoutSeconds = 50 };

    public static FunctionDefinition Scaled(int min, int? max = null, int buffer = 0) =>
        Plain() with { Scaling = new PoolScaling(min, max, buffer, PoolScaling.DefaultIdleTime) };

    public static RetryPolicy Retries(int count, int seconds) => new(count, TimeSpan.FromSeconds(seconds), 1, TimeSpan.FromSeconds(60));

    public void Advance(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    public PoolInput[] Add(int count, bool isDirect = false)
    {
        PoolInput[] inputs = [.. Enumerable.Range(0, count).Select(_ => new PoolInput(ObjectId.Mint<InputId>(), ObjectId.Mint<FunctionCallId>(), "", false, isDirect))];
        Pool.Add(inputs);
        return inputs;
    }

    /// <summary>The process of a container begins.</summary>
    public TaskId Start(int number)
    {
        Pool.ContainerStarted(Launched[number]);
        return Launched[number];
    }

    public Task<InputHandout> AskAsync(TaskId task, int max = 1, double linger = 0, CancellationToken cancellation = default) =>
        Pool.TakeAsync(task, max, TimeSpan.FromSeconds(linger), Hold, cancellation);

    /// <summary>A container starts, asks, and gets what is expected.</summary>
    public async Task<TaskId> StartAndTakeAsync(int number, params PoolInput[] expected)
    {
        TaskId task = Start(number);
        await TakeAsync(task, expected);
        return task;
    }

    public async Task TakeAsync(TaskId task, params PoolInput[] expected)
    {
        InputHandout handout = await AskAsync(task, Math.Max(1, expected.Length)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(handout.IsLast);
        Assert.Equal(expected.Select(each => each.Id), handout.Inputs.Select(each => each.Id));
    }

    public async Task AssertLastAsync(Task<InputHandout> asked)
    {
        InputHandout handout = await asked.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(handout.IsLast);
        Assert.Empty(handout.Inputs);
    }

    public void Die(TaskId task, SandboxEnding ending, int exitCode = 0, string message = "") =>
        Pool.ContainerEnded(task, new SandboxResult(ending, exitCode, message));

    public void Dispose() => Pool.Dispose();

    void IPoolHost.Launch(FunctionPool pool, TaskId task) => Note(() => Launched.Add(task));

    void IPoolHost.LaunchTogether(FunctionPool pool, ClusterId id, IReadOnlyList<TaskId> tasks) => Note(() => Launched.AddRange(tasks));

    void IPoolHost.Kill(TaskId task) => Note(() => Killed.Add(task));

    void IPoolHost.Terminate(TaskId task) => Note(() => Terminated.Add(task));

    bool IPoolHost.IsCrowded => IsCrowded;

    bool IPoolHost.TryYield(FunctionPool pool, TaskId task)
    {
        Note(() => Yielded.Add(task));
        return IsCrowded;
    }

    void IPoolHost.NoteClaims(IReadOnlyList<PoolInput> inputs) => Note(() => Claims.AddRange(inputs.Select(each => (each.Id, each.Task!.Value))));

    void IPoolHost.NoteAgain(PoolInput input, DateTimeOffset dueAt) => Note(() => Again.Add((input.Id, input.Attempt, input.Losses, dueAt)));

    void IPoolHost.End(IReadOnlyList<PoolInput> inputs, InputStatus status, string message, byte[]? body) =>
        Note(() => Ended.AddRange(inputs.Select(each => (each.Id, status, message, body))));

    private void Note(Action note)
    {
        lock (gate)
        {
            note();
        }
    }
}
