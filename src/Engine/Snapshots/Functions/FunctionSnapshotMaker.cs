using System.Collections.Concurrent;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Functions;
using Appliance.Engine.Logs;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots.Memory;

namespace Appliance.Engine.Snapshots.Functions;

/// <summary>
/// Makes memory snapshots of functions: of one container at a time for each key, when its program asks for it. Writing the
/// memory ends the container; what speaks against it is looked for first, and then the container goes on as it is.
/// </summary>
public sealed class FunctionSnapshotMaker(
    FunctionSnapshotFiles files, FunctionOutfit outfit, ContainerRuntime runtime, ClosedConnections connections, AppLogs logs, string dataDirectory, TimeProvider clock, Action<Exception> report)
{
    /// <summary>How long a key is left alone after something of it failed.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(10);

    /// <summary>How long the program may take to close its connection to the appliance.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a start waits for a snapshot that is being stored.</summary>
    private static readonly TimeSpan StoreTime = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, SnapshotMaking> byKey = new();
    private readonly ConcurrentDictionary<TaskId, SnapshotMaking> byTask = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> failures = new();

    /// <summary>Told of containers that are not to be counted on: they take their time.</summary>
    internal Action<LiveSandbox> Detach { get; set; } = _ => { };

    /// <summary>Takes the making of a key's snapshot for a container that is to start; false when another has it, or the key is left alone.</summary>
    internal bool TryClaim(string key, TaskId task)
    {
        var making = new SnapshotMaking(key, task);
        if (IsPaused(key) || !byKey.TryAdd(key, making))
        {
            return false;
        }

        byTask[task] = making;
        return true;
    }

    internal bool IsPaused(string key) => failures.TryGetValue(key, out DateTimeOffset at) && clock.GetUtcNow() - at < PauseAfterFailure;

    /// <summary>Something failed: the key is left alone for a while.</summary>
    internal void Pause(string key) => failures[key] = clock.GetUtcNow();

    /// <summary>Waits for a snapshot whose container has ended for it, but not for one that is not written yet.</summary>
    internal async Task AwaitStoredAsync(string key, CancellationToken cancellation)
    {
        if (byKey.TryGetValue(key, out SnapshotMaking? making) && making.Written is not null)
        {
            await making.Ended.WaitAsync(StoreTime, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The program is ready to be kept, and waits for the file that lets it go on; it is about to close its connection.</summary>
    /// <param name="container">Whose.</param>
    /// <param name="key">What it was told at its start.</param>
    /// <param name="closed">Canceled when the connection is closed: gVisor could not keep it.</param>
    /// <exception cref="ApplianceException">FailedPrecondition: it was not started for that.</exception>
    public void Begin(LiveSandbox container, string key, CancellationToken closed)
    {
        if (byTask.TryGetValue(container.TaskId, out SnapshotMaking? making) && making.Key == key)
        {
            _ = MakeAsync(making, container, closed);
        }
        else if (FunctionStart.Load(runtime.DirectoryOf(container.TaskId.Text)) is not { Kind: FunctionStartKind.Making } start || start.Snapshot != key)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{container.TaskId}' was not started to have memory snapshot '{key}' made of it.");
        }
    }

    /// <summary>Stores what was written of a container that has ended. Nothing of it is mounted any more.</summary>
    internal async Task CompleteAsync(TaskId task)
    {
        if (!byTask.TryGetValue(task, out SnapshotMaking? making))
        {
            return;
        }

        try
        {
            if (making.Written is { } written && await written)
            {
                files.Publish(making.Key, runtime.DirectoryOf(task.Text));
            }
        }
        catch (Exception failure)
        {
            report(failure);
            Pause(making.Key);
        }
        finally
        {
            Release(making);
        }
    }

    /// <summary>A container has ended.</summary>
    /// <returns>Whether that is what its memory was written for, successfully or not.</returns>
    internal bool HasEndedForIt(TaskId task)
    {
        if (byTask.TryGetValue(task, out SnapshotMaking? making) && making.Written is null)
        {
            Release(making);
            return false;
        }

        return making is not null;
    }

    /// <summary>Removes what an earlier server had of containers written that have ended; nobody knows whether it is whole.</summary>
    /// <param name="isLive">Whether this process ends, or will end, the container of a task.</param>
    internal void Sweep(Func<TaskId, bool> isLive)
    {
        foreach (TaskDirectory task in runtime.ListTasks())
        {
            if (Directory.Exists(FunctionSnapshotFiles.DraftOf(task)) && !isLive(TaskId.FromText(Path.GetFileName(task.Root))))
            {
                task.RemoveScratch();
            }
        }

        files.Collect();
    }

    private async Task MakeAsync(SnapshotMaking making, LiveSandbox sandbox, CancellationToken closed)
    {
        try
        {
            Container container = await sandbox.Started;
            await CheckAsync(sandbox, container, closed);
            string draft = FunctionSnapshotFiles.DraftOf(container.TaskDirectory);
            Directory.CreateDirectory(draft);
            making.Written = WriteAsync(making, sandbox, container, draft);
        }
        catch (Exception failure)
        {
            GiveUp(making, sandbox, failure);
        }
    }

    private async Task CheckAsync(LiveSandbox sandbox, Container container, CancellationToken closed)
    {
        await Task.Delay(CloseTime, clock, closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!closed.IsCancellationRequested)
        {
            throw MemorySnapshotChecks.Refuse(sandbox, "its program goes on calling the appliance");
        }

        if (connections.Any(sandbox))
        {
            // That takes a minute: others work meanwhile.
            Detach(sandbox);
            await connections.AwaitAsync(sandbox, CancellationToken.None);
        }

        await MemorySnapshotChecks.CheckAsync(sandbox, container, dataDirectory);
    }

    private async Task<bool> WriteAsync(SnapshotMaking making, LiveSandbox sandbox, Container container, string draft)
    {
        string? complaint;
        try
        {
            complaint = await container.CheckpointAsync(draft);
        }
        catch (Exception failure)
        {
            report(failure);
            complaint = "the server's log says why";
        }

        if (complaint is not null)
        {
            Pause(making.Key);
            logs.Say(sandbox, $"No memory snapshot was made of container '{sandbox.TaskId}', and another is started without: {RunscComplaint.Shorten(complaint)}");
        }

        return complaint is null;
    }

    private void GiveUp(SnapshotMaking making, LiveSandbox sandbox, Exception failure)
    {
        if (failure is not ApplianceException)
        {
            report(failure);
        }

        Pause(making.Key);
        Release(making);
        outfit.LetGoOn(sandbox);
        logs.Say(sandbox, $"{(failure is ApplianceException known ? known.Message : $"No memory snapshot can be made of container '{sandbox.TaskId}': the server's log says why.")} It goes on without.");
    }

    private void Release(SnapshotMaking making)
    {
        byTask.TryRemove(making.Task, out _);
        byKey.TryRemove(making.Key, out _);
        making.SetEnded();
    }
}
