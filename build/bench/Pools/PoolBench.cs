using System.Diagnostics;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Metadata.Calls;
using Appliance.Scheduling.Pools;

namespace Appliance.Bench.Pools;

/// <summary>What an input costs a pool, from its coming to its end, beside how many others wait: it should not matter.</summary>
internal static class PoolBench
{
    private const int Measured = 200_000;

    public static async Task RunAsync(BenchReport report)
    {
        double? first = null;
        foreach (int waiting in (int[])[1_000, 10_000, 100_000, 1_000_000])
        {
            double nanoseconds = await MeasureAsync(waiting);
            first ??= nanoseconds;
            report.Row($"an input through a pool in which {waiting:N0} wait", nanoseconds, "ns", "1,000 wait", nanoseconds / first);
        }
    }

    private static async Task<double> MeasureAsync(int waiting)
    {
        var host = new Host();
        var definition = new FunctionDefinition { Name = "bench", ImageId = "im-", Scaling = new PoolScaling(0, 1, 0, TimeSpan.FromHours(1)) };
        using var pool = new FunctionPool(
            ObjectId.Mint<FunctionId>(), ObjectId.Mint<AppId>(), ObjectId.Mint<DefinitionId>(), definition, host, new MachineSize(1, 1), TimeProvider.System);
        var call = ObjectId.Mint<FunctionCallId>();
        pool.Add([.. Enumerable.Range(0, waiting).Select(_ => Input(call))]);
        await PassAsync(pool, host.Task, call, Measured / 10);
        long start = Stopwatch.GetTimestamp();
        await PassAsync(pool, host.Task, call, Measured);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Measured;
    }

    private static async Task PassAsync(FunctionPool pool, TaskId task, FunctionCallId call, int count)
    {
        for (int done = 0; done < count; done++)
        {
            pool.Add([Input(call)]);
            InputHandout handout = await pool.TakeAsync(task, 1, TimeSpan.Zero, TimeSpan.FromSeconds(10), CancellationToken.None);
            pool.Complete(task, handout.Inputs[0].Id, isEnded: true);
        }
    }

    private static PoolInput Input(FunctionCallId call) => new(ObjectId.Mint<InputId>(), call, "", isSpawned: true);

    private sealed class Host : IPoolHost
    {
        public TaskId Task { get; private set; }

        public void Launch(FunctionPool pool, TaskId task) => Task = task;

        public void LaunchTogether(FunctionPool pool, ClusterId id, IReadOnlyList<TaskId> tasks) =>
            throw new NotSupportedException("No function here runs in clusters.");

        public void Kill(TaskId task)
        {
        }

        public void Terminate(TaskId task)
        {
        }

        public bool IsCrowded => false;

        public bool TryYield(FunctionPool pool, TaskId task) => false;

        public void NoteClaims(IReadOnlyList<PoolInput> inputs)
        {
        }

        public void NoteAgain(PoolInput input, DateTimeOffset dueAt)
        {
        }

        public void End(IReadOnlyList<PoolInput> inputs, InputStatus status, string message, byte[]? body = null)
        {
        }
    }
}
