using System.Collections.Concurrent;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Sandboxes;
using Appliance.Objects;

namespace Appliance.Engine.Apps;

/// <summary>Apps that last as long as the client that began them.</summary>
public sealed class EphemeralApps
{
    /// <summary>How long one outlives its client's last heartbeat, of which there is one every 15 s (contracts/modal.md §3).</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(90);

    private readonly MetadataStore store;
    private readonly SandboxSupervisor supervisor;
    private readonly Action<Exception> report;
    private readonly ConcurrentDictionary<AppId, TaskCompletionSource> followed = new();

    public EphemeralApps(MetadataStore store, SandboxSupervisor supervisor, AppContents contents, Action<Exception> report)
    {
        this.store = store;
        this.supervisor = supervisor;
        this.report = report;
        contents.Removed = app => _ = FinishAsync(app);
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

    /// <summary>Ends an app and what runs for it; nothing happens to one that lives on without its client.</summary>
    public async Task EndAsync(Caller caller, AppId app, CancellationToken cancellation)
    {
        bool isOver = await store.WriteAsync(
            write =>
            {
                if (ObjectRows.Find(write, caller.WorkspaceId, app.Text) is not { ExpiresAt: not null })
                {
                    return false;
                }

                ObjectDirectory.Delete<AppId>(write, caller, app.Text);
                return true;
            },
            cancellation);
        if (isOver)
        {
            await FinishAsync(app);
        }
    }

    private async Task FinishAsync(AppId app)
    {
        try
        {
            LiveSandbox[] running =
                [.. store.Read(read => SandboxRows.ListLive(read, app)).Select(each => supervisor.Find(each.Id)).OfType<LiveSandbox>()];
            await Task.WhenAll(running.Select(each => supervisor.EndAsync(each.Id, SandboxEnding.Terminated)));
            await Task.WhenAll(running.Select(each => each.Ended));
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
