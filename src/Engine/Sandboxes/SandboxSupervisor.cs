using System.Collections.Concurrent;
using Appliance.Containers.Runtime;
using Appliance.Containers.Ttrpc;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sidecars;
using Appliance.Engine.Snapshots;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Sandboxes;

/// <summary>Keeps every sandbox that has not ended going, and sees it to its end; also across restarts of the server.</summary>
public sealed class SandboxSupervisor : IAsyncDisposable
{
    private const int KillSignal = 9;

    private readonly ConcurrentDictionary<SandboxId, LiveSandbox> live = new();
    private readonly ConcurrentDictionary<TaskId, LiveSandbox> byTask = new();
    private readonly CancellationTokenSource stop = new();
    private readonly MetadataStore store;
    private readonly ContainerRuntime runtime;
    private readonly SandboxLauncher launcher;
    private readonly SidecarDesk sidecars;
    private readonly SandboxProbing probing;
    private readonly TimeProvider clock;
    private readonly Action<Exception> report;

    public SandboxSupervisor(
        MetadataStore store, ContainerRuntime runtime, SandboxLauncher launcher, SidecarDesk sidecars, SandboxProbing probing, TimeProvider clock, Action<Exception> report)
    {
        this.store = store;
        this.runtime = runtime;
        this.launcher = launcher;
        this.sidecars = sidecars;
        this.probing = probing;
        this.clock = clock;
        this.report = report;
    }

    /// <summary>All that have not ended.</summary>
    public IEnumerable<LiveSandbox> Live => live.Values;

    /// <summary>Null when it has ended.</summary>
    public LiveSandbox? Find(SandboxId id) => live.GetValueOrDefault(id);

    /// <summary>Null when it has ended.</summary>
    public LiveSandbox? Find(TaskId id) => byTask.GetValueOrDefault(id);

    /// <summary>Takes up what an earlier process left running, all at once, and removes what nothing is left of.</summary>
    public void AdoptAll()
    {
        foreach (SandboxRecord record in store.Read(SandboxRows.ListLive))
        {
            Register(record);
        }

        launcher.AdoptResources([.. live.Values]);
        _ = AdoptAsync([.. live.Values]);
    }

    /// <summary>Starts a sandbox that was just stored.</summary>
    public LiveSandbox Begin(SandboxRecord record)
    {
        LiveSandbox sandbox = Register(record);
        _ = RunAsync(sandbox, isNew: true);
        return sandbox;
    }

    /// <summary>Begins to look when a sandbox is ready, which had no probe so far; also after a restart. One that has a probe keeps it.</summary>
    public async Task ProbeAsync(LiveSandbox sandbox, SandboxProbe probe)
    {
        if (sandbox.Definition.Probe is not null)
        {
            return;
        }

        sandbox.SetDefinition(await store.WriteAsync(write =>
        {
            SandboxDefinition changed = SandboxDefinition.Read(SandboxRows.FindByTask(write, sandbox.TaskId)!.Definition) with { Probe = probe };
            SandboxRows.SetDefinition(write, sandbox.Id, changed.Write());
            return changed;
        }));
        _ = probing.RunAsync(sandbox, await sandbox.Started, stop.Token);
    }

    /// <summary>Ends a sandbox. The reason is durable when this answers; the end itself comes soon after.</summary>
    /// <returns>False when it has ended, or was being ended, already.</returns>
    public async Task<bool> EndAsync(SandboxId id, SandboxEnding reason)
    {
        bool isFirst = await store.WriteAsync(write => SandboxRows.SetEnding(write, id, reason));
        if (live.TryGetValue(id, out LiveSandbox? sandbox))
        {
            await sandbox.AskEndAsync();
            if (sandbox.Started.IsCompletedSuccessfully && !sandbox.Ended.IsCompleted)
            {
                await KillAsync(await sandbox.Started);
            }
        }

        return isFirst;
    }

    private static async Task KillAsync(Container container)
    {
        try
        {
            await container.KillAsync(container.Main, KillSignal, all: true);
        }
        catch (ObjectDisposedException)
        {
            // It has ended just now, and what is left of it is being removed.
        }
    }

    /// <summary>Ends every sandbox, and waits until nothing of them runs.</summary>
    public async Task EndAllAsync(CancellationToken cancellation)
    {
        LiveSandbox[] all = [.. live.Values];
        await Task.WhenAll(all.Select(sandbox => EndAsync(sandbox.Id, SandboxEnding.Terminated)));
        await Task.WhenAll(all.Select(sandbox => sandbox.Removed)).WaitAsync(cancellation);
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>Null when the time passed first.</returns>
    public static async Task<SandboxResult?> WaitAsync(LiveSandbox sandbox, TimeSpan time, CancellationToken cancellation)
    {
        try
        {
            return await sandbox.Ended.WaitAsync(time, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Stops looking after sandboxes; they go on.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        stop.Dispose();
    }

    private async Task AdoptAsync(IReadOnlyList<LiveSandbox> present)
    {
        try
        {
            // All networks first: what nobody has taken up by then is removed.
            await launcher.AdoptNetworksAsync(present);
            foreach (LiveSandbox sandbox in present)
            {
                _ = RunAsync(sandbox, isNew: sandbox.Record.StartedAt is null);
            }

            await Task.WhenAll(present.Select(each => Task.WhenAny(each.Started, each.Waits, each.Ended)));
            await launcher.SweepAsync(IsKnown, byTask.ContainsKey);
        }
        catch (Exception failure)
        {
            report(failure);
        }
    }

    private bool IsKnown(string container) => store.Read(read =>
        SandboxRows.FindByTask(read, TaskId.FromText(container)) is not null || SidecarRows.Find(read, SidecarId.FromText(container)) is not null);

    private LiveSandbox Register(SandboxRecord record)
    {
        var sandbox = new LiveSandbox(record, SandboxDefinition.Read(record.Definition));
        live[record.Id] = sandbox;
        byTask[record.TaskId] = sandbox;
        return sandbox;
    }

    private async Task RunAsync(LiveSandbox sandbox, bool isNew)
    {
        SandboxResult result;
        try
        {
            result = await StartAsync(sandbox, isNew) is { } container
                ? await FollowAsync(sandbox, container)
                : new SandboxResult(SandboxEnding.Lost, ProcessExit.KilledStatus, "The sandbox's container is gone: the machine was restarted, or the container's supervisor was killed.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException) when (sandbox.EndAsked.IsCancellationRequested)
        {
            result = new SandboxResult(SandboxEnding.Terminated, ProcessExit.KilledStatus, "It was ended while it waited for what others had of this machine.");
        }
        catch (ApplianceException failure)
        {
            result = new SandboxResult(SandboxEnding.StartFailure, 1, failure.Message);
        }
        catch (TtrpcException lost) when (lost.Code == TtrpcCode.Unavailable)
        {
            result = new SandboxResult(SandboxEnding.Lost, ProcessExit.KilledStatus, $"The container's supervisor was killed while the container started: {lost.Message}");
        }
        catch (Exception failure)
        {
            report(failure);
            result = new SandboxResult(SandboxEnding.StartFailure, 1, $"Sandbox '{sandbox.Id}' could not be started; the server's log says why.");
        }

        await FinishAsync(sandbox, result);
    }

    private async Task<Container?> StartAsync(LiveSandbox sandbox, bool isNew)
    {
        Container? container = await launcher.AdoptAsync(sandbox, stop.Token);
        if (container is not null)
        {
            await sidecars.AdoptAsync(sandbox, stop.Token);
        }
        else if (isNew && sandbox.Record.Ending is null)
        {
            container = await launcher.StartAsync(sandbox, stop.Token);
        }

        if (container is not null)
        {
            await store.WriteAsync(write => SandboxRows.SetStarted(write, sandbox.Id, write.Now));
            sandbox.SetStarted(container);
        }

        return container;
    }

    private async Task<SandboxResult> FollowAsync(LiveSandbox sandbox, Container container)
    {
        using var clocks = new SandboxClocks(sandbox, container, clock, reason => _ = EndAsync(sandbox.Id, reason));
        SandboxRecord now = store.Read(read => SandboxRows.FindByTask(read, sandbox.TaskId))!;
        clocks.Begin(now.StartedAt!.Value);
        if (now.Ending is { } reason)
        {
            // It was asked for while the container was being started, or before the server was restarted.
            await EndAsync(sandbox.Id, reason);
        }

        _ = probing.RunAsync(sandbox, container, stop.Token);
        ProcessExit exit = await container.Main.Exited.WaitAsync(stop.Token);
        return launcher.Explain(sandbox, exit);
    }

    private async Task FinishAsync(LiveSandbox sandbox, SandboxResult result)
    {
        try
        {
            await sidecars.EndAllAsync(sandbox.TaskId);

            // Before anybody hears of the end: whoever waits for it may read the volume next.
            await launcher.CommitVolumesAsync(sandbox);
            SandboxRecord ended = await store.WriteAsync(write =>
            {
                SandboxRows.End(write, sandbox.Id, result.Ending, result.ExitCode, result.Message);
                ExitSnapshots.Note(write, sandbox);
                return SandboxRows.FindByTask(write, sandbox.TaskId)!;
            });
            sandbox.SetEnded(SandboxResult.Of(ended)!);
            if (runtime.Find(sandbox.TaskId.Text) is { } container)
            {
                await container.Main.OutputEnded;
            }

            await launcher.RemoveAsync(sandbox);
        }
        catch (Exception failure)
        {
            report(failure);
        }
        finally
        {
            live.TryRemove(sandbox.Id, out _);
            byTask.TryRemove(sandbox.TaskId, out _);
            sandbox.SetRemoved();

            // Also where something of the above failed: its processes are gone.
            launcher.ReleaseResources(sandbox);
        }
    }
}
