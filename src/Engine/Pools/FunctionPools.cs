using System.Collections.Concurrent;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Calls;
using Appliance.Engine.Functions;
using Appliance.Engine.Logs;
using Appliance.Engine.Resources;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Metadata;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>The pools of all functions: makes them when they are first needed, and does to the world what they decide.</summary>
public sealed class FunctionPools : IPoolHost, IAsyncDisposable
{
    private const int TerminateSignal = 15;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>How long a container may wait for its place before its app's log says why.</summary>
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<FunctionId, FunctionPool> pools = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Lock making = new();
    private readonly ConcurrentDictionary<TaskId, FunctionPool> running = new();
    private readonly MachinePressure pressure;
    private readonly MetadataStore store;
    private readonly SandboxSupervisor supervisor;
    private readonly FunctionOutfit outfit;
    private readonly FunctionSnapshots snapshots;
    private readonly CallSignals signals;
    private readonly DirectCalls direct;
    private readonly AppLogs logs;
    private readonly TimeProvider clock;
    private readonly Action<Exception> report;
    private readonly ClaimNotes claims;

    public FunctionPools(
        MetadataStore store, SandboxSupervisor supervisor, FunctionOutfit outfit, FunctionSnapshots snapshots, CallSignals signals, DirectCalls direct, AppLogs logs, MachinePressure pressure, TimeProvider clock, Action<Exception> report)
    {
        this.pressure = pressure;
        pressure.Begun = Crowd;
        this.store = store;
        this.supervisor = supervisor;
        this.outfit = outfit;
        this.snapshots = snapshots;
        snapshots.Maker.Detach = container => Find(container.Record.FunctionId!.Value)?.Detach(container.TaskId);
        this.signals = signals;
        this.direct = direct;
        this.logs = logs;
        this.clock = clock;
        this.report = report;
        claims = new ClaimNotes(clock, WriteClaims);
    }

    /// <summary>Null when nothing of the function was needed so far.</summary>
    public FunctionPool? Find(FunctionId id) => pools.GetValueOrDefault(id);

    /// <exception cref="ApplianceException">NotFound: the function. FailedPrecondition: it is not defined yet.</exception>
    public FunctionPool Get(FunctionId id)
    {
        if (pools.TryGetValue(id, out FunctionPool? present))
        {
            return present;
        }

        lock (making)
        {
            return pools.GetOrAdd(id, Make);
        }
    }

    /// <summary>Takes up what an earlier process left: its containers, and the inputs that have no result.</summary>
    public void AdoptAll()
    {
        foreach (LiveSandbox container in supervisor.Live.Where(each => each.Record.FunctionId is not null))
        {
            try
            {
                FunctionPool pool = Get(container.Record.FunctionId!.Value);
                snapshots.Adopt(container);
                Adopt(pool, container.TaskId, container.Definition.Function!);
                _ = FollowLaunchedAsync(pool, container);
            }
            catch (ApplianceException)
            {
                Kill(container.TaskId);
            }
        }

        foreach (InputRecord input in store.Read(InputRows.ListOpen))
        {
            var taken = new PoolInput(input.Id, input.CallId, input.Method, isSpawned: false) { Attempt = input.Attempt, Losses = input.Losses };
            try
            {
                Get(input.FunctionId).Resume(taken, input.TaskId, input.TaskId is null ? input.DueAt : input.StartedAt ?? input.DueAt);
            }
            catch (ApplianceException gone)
            {
                ((IPoolHost)this).End([taken], InputStatus.Terminated, gone.Message);
            }
        }

        foreach (FunctionRecord function in store.Read(FunctionRows.ListDefined))
        {
            EnsureMinimum(function.Id);
        }
    }

    /// <summary>A function was published: its pool becomes what it is now, and starts what is always to be there.</summary>
    public void Refresh(FunctionId id)
    {
        if (pools.TryGetValue(id, out FunctionPool? pool))
        {
            (_, DefinitionId definitionId, FunctionDefinition definition) = Read(id);
            if (!store.Read(read => IsPublished(read, id)))
            {
                pool.Retire();
            }
            else if (!pool.DefinitionId.Equals(definitionId))
            {
                pool.Redefine(definitionId, definition);
            }
        }
        else
        {
            EnsureMinimum(id);
        }
    }

    /// <summary>The app is over: nothing of it is started any more, and whoever waits is told. Durable when this answers.</summary>
    public async Task RemoveAsync(AppId app)
    {
        foreach (FunctionPool pool in pools.Values.Where(each => each.App.Equals(app)))
        {
            pools.TryRemove(pool.Id, out _);
            pool.Close();
            pool.Dispose();
        }

        while (true)
        {
            FunctionCallId[] ended = await store.WriteAsync(write => CallEnds.EndSome(write, app, "The app was stopped."));
            foreach (FunctionCallId call in ended)
            {
                signals.Raise(call);
            }

            if (ended.Length == 0)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        foreach (FunctionPool pool in pools.Values)
        {
            pool.Dispose();
        }

        claims.Dispose();
        if (claims.TakeAll() is { Count: > 0 } left)
        {
            await store.WriteAsync(write => SetClaimed(write, left), CancellationToken.None);
        }

        stop.Dispose();
    }

    void IPoolHost.Launch(FunctionPool pool, TaskId task) => _ = LaunchAsync(pool, task, pool.DefinitionId, pool.Definition);

    void IPoolHost.LaunchTogether(FunctionPool pool, ClusterId id, IReadOnlyList<TaskId> tasks) =>
        _ = LaunchAsync(pool, id, tasks, pool.DefinitionId, pool.Definition);

    void IPoolHost.Kill(TaskId task) => Kill(task);

    void IPoolHost.Terminate(TaskId task) => _ = TerminateAsync(task);

    bool IPoolHost.IsCrowded => pressure.IsHigh;

    bool IPoolHost.TryYield(FunctionPool pool, TaskId task) =>
        pressure.TryLeave(task, pool.Id, pool.Definition.Resources.GpuType ?? "", (int)pool.Definition.Resources.GpuCount * Math.Max(1, pool.Definition.ClusterSize));

    void IPoolHost.NoteClaims(IReadOnlyList<PoolInput> inputs)
    {
        foreach (PoolInput input in inputs)
        {
            if (!input.IsDirect)
            {
                claims.Add(input);
            }
        }
    }

    void IPoolHost.NoteAgain(PoolInput input, DateTimeOffset dueAt)
    {
        (int attempt, int losses) = (input.Attempt, input.Losses);
        claims.Take(input.Id);
        _ = WriteAsync(write => InputRows.SetAgain(write, input.Id, attempt, losses, dueAt));
    }

    void IPoolHost.End(IReadOnlyList<PoolInput> inputs, InputStatus status, string message, byte[]? body) => _ = EndAsync(inputs, status, message, body);

    /// <summary>What is not noted yet of the work on an input, for whoever writes something of it now.</summary>
    internal Claim? TakeClaim(InputId id) => claims.Take(id);

    private void WriteClaims(IReadOnlyList<Claim> notes) => _ = WriteAsync(write => SetClaimed(write, notes));

    private static void SetClaimed(Metadata.Transactions.WriteTransaction write, IReadOnlyList<Claim> notes)
    {
        foreach (Claim claim in notes)
        {
            InputRows.SetClaimed(write, claim.Input, claim.Task, claim.StartedAt);
        }
    }

    private void Adopt(FunctionPool pool, TaskId task, FunctionOfTask work)
    {
        var definition = DefinitionId.FromText(work.DefinitionId);
        if (work.Cluster is not { } cluster)
        {
            pool.Adopt(task, definition);
        }
        else if (pool.FindGang(task) is null)
        {
            TaskId[] tasks = [.. cluster.Tasks.Select(TaskId.FromText)];
            pool.AdoptGang(ClusterId.FromText(cluster.Id), tasks, definition);
            foreach (TaskId gone in tasks.Where(each => supervisor.Find(each) is null))
            {
                pool.ContainerEnded(gone, new SandboxResult(SandboxEnding.Lost, ProcessExit.KilledStatus, "It ended while the server was away."));
            }
        }
    }

    private FunctionPool Make(FunctionId id)
    {
        (AppId app, DefinitionId definitionId, FunctionDefinition definition) = Read(id);
        return new FunctionPool(id, app, definitionId, definition, this, MachineSize.Of(Environment.ProcessorCount), clock);
    }

    private (AppId App, DefinitionId Id, FunctionDefinition Definition) Read(FunctionId id) => store.Read(read =>
    {
        FunctionRecord function = FunctionRows.Find(read, id) ?? throw FunctionDirectory.NotFound(id.Text);
        FunctionDefinitionRecord definition = FunctionDirectory.FindDefinition(read, function) ?? throw new ApplianceException(
            ErrorKind.FailedPrecondition, $"Function '{id}' is not defined yet: its app is still being put together.");
        return (function.AppId, definition.Id, outfit.Words!.Resolve(function, definition));
    });

    private static bool IsPublished(Metadata.Transactions.ReadTransaction read, FunctionId id) =>
        FunctionRows.Find(read, id) is { } function && (function.BaseId is { } origin ? FunctionRows.Find(read, origin) : function)?.DefinitionId is not null;

    private void EnsureMinimum(FunctionId id)
    {
        try
        {
            (_, _, FunctionDefinition definition) = Read(id);
            if (definition.Scaling.Min > 0 && store.Read(read => IsPublished(read, id)))
            {
                Get(id).Review();
            }
        }
        catch (ApplianceException failure)
        {
            report(failure);
        }
    }

    private async Task LaunchAsync(FunctionPool pool, TaskId task, DefinitionId definitionId, FunctionDefinition definition)
    {
        try
        {
            SandboxRecord record = await store.WriteAsync(write => FunctionTasks.Create(write, pool.Id, task, definitionId, definition), stop.Token);
            await FollowAsync(pool, supervisor.Begin(record));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next server starts what is needed.
        }
        catch (Exception failure)
        {
            report(failure);
            pool.ContainerEnded(task, StartFailure(failure));
        }
    }

    private async Task LaunchAsync(FunctionPool pool, ClusterId id, IReadOnlyList<TaskId> tasks, DefinitionId definitionId, FunctionDefinition definition)
    {
        try
        {
            SandboxRecord[] records = await store.WriteAsync(
                write => FunctionTasks.CreateTogether(write, pool.Id, id, tasks, definitionId, definition), stop.Token);
            foreach (SandboxRecord record in records)
            {
                _ = FollowLaunchedAsync(pool, supervisor.Begin(record));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next server starts what is needed.
        }
        catch (Exception failure)
        {
            report(failure);
            foreach (TaskId task in tasks)
            {
                pool.ContainerEnded(task, StartFailure(failure));
            }
        }
    }

    private static SandboxResult StartFailure(Exception failure) =>
        new(SandboxEnding.StartFailure, 1, failure is ApplianceException told ? told.Message : "the server's log says why.");

    private async Task FollowLaunchedAsync(FunctionPool pool, LiveSandbox container)
    {
        try
        {
            await FollowAsync(pool, container);
        }
        catch (OperationCanceledException)
        {
            // The server stops; the container goes on.
        }
    }

    private async Task FollowAsync(FunctionPool pool, LiveSandbox container)
    {
        logs.Collect(container);
        _ = TellWaitAsync(pool, container);
        Task started = container.Started.WaitAsync(stop.Token);
        await started.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (container.Started.IsCompletedSuccessfully)
        {
            running[container.TaskId] = pool;
            pool.ContainerStarted(container.TaskId);
            _ = snapshots.WatchAsync(container, TimeSpan.FromSeconds(pool.Definition.StartupTimeoutSeconds), Kill);
        }

        Task first = await Task.WhenAny(container.Ready, container.Ended).WaitAsync(stop.Token);
        if (first == container.Ready && container.Definition.Probe?.TcpPort is { } port)
        {
            pool.Servers.SetPort(container.TaskId, (int)port);
        }

        SandboxResult result = await container.Ended.WaitAsync(stop.Token);
        running.TryRemove(container.TaskId, out _);
        pressure.Left(container.TaskId);
        pool.ContainerEnded(container.TaskId, snapshots.Judge(container, result));
        MakeRoom();
        await logs.DrainAsync(container.TaskId);
    }

    /// <summary>Says in the app's log why nothing happens, when a container waits long for what others have and nobody works meanwhile.</summary>
    private async Task TellWaitAsync(FunctionPool pool, LiveSandbox container)
    {
        Task over = Task.WhenAny(container.Started, container.Ended);
        if (container.Definition.Function is { Cluster.Rank: > 0 } || await Task.WhenAny(container.Waits, over) == over)
        {
            return;
        }

        await Task.WhenAny(over, Task.Delay(LongWait, clock, stop.Token));
        if (!over.IsCompleted && !stop.IsCancellationRequested && pool.Stats().Running == 0 && container.ExplainWait() is { } why)
        {
            logs.Say(container, $"'{pool.Definition.Name}' waits for a container. {why}");
        }
    }

    private void Crowd(TaskId task, FunctionId? function)
    {
        if (function is { } id)
        {
            Find(id)?.ContainerWaits(task);
        }

        MakeRoom();
    }

    /// <summary>Lets pools that have a place on the machine look whether they are to give it to those that wait.</summary>
    private void MakeRoom()
    {
        if (pressure.IsHigh)
        {
            foreach (FunctionPool pool in running.Values.Distinct())
            {
                pool.Review();
            }
        }
    }

    private void Kill(TaskId task) => _ = KillAsync(task);

    private async Task KillAsync(TaskId task)
    {
        try
        {
            if (supervisor.Find(task) is { } container)
            {
                await supervisor.EndAsync(container.Id, SandboxEnding.Terminated);
            }
        }
        catch (Exception failure)
        {
            report(failure);
        }
    }

    private async Task TerminateAsync(TaskId task)
    {
        try
        {
            if (supervisor.Find(task) is { Started.IsCompletedSuccessfully: true } running)
            {
                Container container = await running.Started;
                await container.KillAsync(container.Main, TerminateSignal);
            }
        }
        catch (Exception failure) when (failure is not ObjectDisposedException)
        {
            report(failure);
        }
    }

    private async Task EndAsync(IReadOnlyList<PoolInput> inputs, InputStatus status, string message, byte[]? body)
    {
        foreach (PoolInput input in inputs.Where(each => each.IsDirect))
        {
            direct.End(input.Call, new DirectOutcome(status, message));
            input.Seat?.Fail(new ApplianceException(ErrorKind.Unavailable, message));
        }

        (PoolInput Input, Claim? Claim)[] ended = [.. inputs.Where(each => !each.IsDirect).Select(each => (each, claims.Take(each.Id)))];
        await WriteAsync(write =>
        {
            foreach ((PoolInput input, Claim? claim) in ended)
            {
                InputRows.End(write, input.Call, input.Id, status, 0, body, message, claim?.Task, claim?.StartedAt);
            }
        });
        foreach (PoolInput input in inputs)
        {
            signals.Raise(input.Call);
        }
    }

    /// <summary>Writes what must be written sooner or later: while the disk is full, later.</summary>
    private async Task WriteAsync(Action<Metadata.Transactions.WriteTransaction> work)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // Not to be taken back when the server stops: the store writes what was asked of it before it closes.
                await store.WriteAsync(work, CancellationToken.None);
                return;
            }
            catch (Exception failure)
            {
                report(failure);
                await Task.Delay(PauseAfterFailure, clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
