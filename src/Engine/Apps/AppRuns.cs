using System.Collections.Concurrent;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Logs;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Engine.Apps;

/// <summary>Apps from their beginning to their end: with the client that began them, or when somebody stops them.</summary>
public sealed class AppRuns
{
    /// <summary>How long one outlives its client's last heartbeat, of which there is one every 15 s (contracts/modal.md §2).</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(90);

    /// <summary>How long an app may be put together: its images may take hours.</summary>
    private static readonly TimeSpan AssemblyTime = TimeSpan.FromDays(2);

    /// <summary>An object without a name has an end; this one is never reached.</summary>
    private static readonly TimeSpan Always = TimeSpan.FromDays(365 * 100);

    private readonly MetadataStore store;
    private readonly SandboxSupervisor supervisor;
    private readonly FunctionPools pools;
    private readonly AppLogs logs;
    private readonly Action<Exception> report;
    private readonly ConcurrentDictionary<AppId, TaskCompletionSource> followed = new();

    public AppRuns(
        MetadataStore store, SandboxSupervisor supervisor, FunctionPools pools, AppLogs logs, AppContents contents, Action<Exception> report)
    {
        this.store = store;
        this.supervisor = supervisor;
        this.pools = pools;
        this.logs = logs;
        this.report = report;
        contents.Removed = app => _ = FinishAsync(app);
    }

    /// <summary>Begins an app without a name.</summary>
    public static AppRecord Create(
        WriteTransaction write, Caller caller, string environment, string description, AppLife life, byte[] tags)
    {
        TimeSpan time = life switch
        {
            AppLife.Ephemeral => Life,
            AppLife.Initializing => AssemblyTime,
            _ => Always,
        };
        ObjectRecord made = ObjectDirectory.Create<AppId>(write, caller, new ObjectRequest("", environment, CreationMode.Ephemeral, Life: time));
        return Record(write, caller, made, description, life, tags);
    }

    /// <summary>Notes what an app is that was made as an object.</summary>
    public static AppRecord Record(WriteTransaction write, Caller caller, ObjectRecord made, string description, AppLife life, byte[] tags)
    {
        var record = new AppRecord(
            AppId.FromText(made.Id), caller.WorkspaceId, made.EnvironmentId, description, life, 0, tags, write.Now, caller.TokenName);
        AppRows.Add(write, record);
        return record;
    }

    /// <summary>Ends when the app is over and nothing of it runs.</summary>
    public Task WhenEndedAsync(AppId app)
    {
        TaskCompletionSource ended = followed.GetOrAdd(app, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

        // It may have been over before anybody could be told.
        if (store.Read(read => ObjectRows.Find(read, app.Text) is null && SandboxRows.ListLive(read, app).Count == 0))
        {
            Tell(app);
        }

        return ended.Task;
    }

    /// <summary>The client that began an app has gone; nothing happens to one that lives on without it.</summary>
    public async Task LeaveAsync(Caller caller, AppId app, CancellationToken cancellation)
    {
        bool isOver = await store.WriteAsync(
            write =>
            {
                if (ObjectRows.Find(write, caller.WorkspaceId, app.Text) is null
                    || AppRows.Find(write, app) is { State: not (AppLife.Ephemeral or AppLife.Initializing) })
                {
                    return false;
                }

                End(write, caller, app);
                return true;
            },
            cancellation);
        if (isOver)
        {
            await FinishAsync(app);
        }
    }

    /// <summary>Ends an app and all that runs for it, whatever it is.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public async Task StopAsync(Caller caller, AppId app, CancellationToken cancellation)
    {
        await store.WriteAsync(write => End(write, caller, app), cancellation);
        await FinishAsync(app);
    }

    private static void End(WriteTransaction write, Caller caller, AppId app)
    {
        ObjectDirectory.Delete<AppId>(write, caller, app.Text);
        AppRows.SetStopped(write, app);
    }

    private async Task FinishAsync(AppId app)
    {
        try
        {
            await pools.RemoveAsync(app);
            LiveSandbox[] running =
                [.. store.Read(read => SandboxRows.ListLive(read, app)).Select(each => supervisor.Find(each.Id)).OfType<LiveSandbox>()];
            await Task.WhenAll(running.Select(each => supervisor.EndAsync(each.Id, SandboxEnding.Terminated)));
            await Task.WhenAll(running.Select(each => each.Ended));
            await Task.WhenAll(running.Select(each => logs.DrainAsync(each.TaskId)));
            Tell(app);
        }
        catch (Exception failure)
        {
            report(failure);
        }
    }

    private void Tell(AppId app)
    {
        if (followed.TryRemove(app, out TaskCompletionSource? ended))
        {
            ended.TrySetResult();
        }
    }
}
