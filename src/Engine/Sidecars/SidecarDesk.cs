using System.Collections.Concurrent;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;
using Appliance.Objects;

namespace Appliance.Engine.Sidecars;

/// <summary>Containers beside the main ones of sandboxes: they end with their sandbox, and go on across restarts of the server.</summary>
public sealed class SidecarDesk(MetadataStore store, SidecarLauncher launcher, VariableKeeper variables, Action<Exception> report)
{
    private const int KillSignal = 9;

    private readonly ConcurrentDictionary<SidecarId, LiveSidecar> live = new();

    /// <exception cref="ApplianceException">AlreadyExists: the name. InvalidArgument: what can never be. NotFound: the image, a secret.</exception>
    public async Task<SidecarRecord> CreateAsync(LiveSandbox sandbox, SidecarRequest request, CancellationToken cancellation)
    {
        SidecarChecks.Check(sandbox, request);
        var life = TimeSpan.FromSeconds(sandbox.Definition.TimeoutSeconds);
        SidecarRecord record = await store.WriteAsync(
            write =>
            {
                if (SidecarRows.List(write, sandbox.TaskId).Any(each => each.Name == request.Name && each.EndedAt is null))
                {
                    throw new ApplianceException(
                        ErrorKind.AlreadyExists, $"Container with name '{request.Name}' already exists and is running: choose another name, or terminate it.");
                }

                foreach (string mount in request.Definition.MountIds)
                {
                    ObjectDirectory.Get<MountId>(write, sandbox.Owner, mount);
                }

                SidecarDefinition definition = request.Definition with
                {
                    SecretIds = variables.Keep(write, sandbox.Owner, request.Definition.SecretIds, request.Variables, life),
                };
                var added = new SidecarRecord(ObjectId.Mint<SidecarId>(), sandbox.TaskId, request.Name, definition.Write(), write.Now);
                SidecarRows.Add(write, added);
                return added;
            },
            cancellation);
        try
        {
            Follow(record, await launcher.StartAsync(sandbox, record.Id, SidecarDefinition.Read(record.Definition), CancellationToken.None));
            return record;
        }
        catch (Exception failure)
        {
            await store.WriteAsync(write => SidecarRows.End(write, record.Id, SandboxEnding.StartFailure, 1, failure.Message));
            throw;
        }
    }

    /// <summary>All of a sandbox, the oldest first.</summary>
    public IReadOnlyList<SidecarRecord> List(TaskId task) => store.Read(read => SidecarRows.List(read, task));

    /// <exception cref="ApplianceException">NotFound.</exception>
    public SidecarRecord Get(TaskId task, string id) =>
        ObjectId.TryRead(id, out SidecarId sidecar) && store.Read(read => SidecarRows.Find(read, sidecar)) is { } found && found.TaskId == task
            ? found
            : throw new ApplianceException(ErrorKind.NotFound, $"Task '{task}' has no container '{id}'.");

    /// <summary>The running containers of a sandbox beside its main one.</summary>
    public IEnumerable<Container> ContainersOf(TaskId task) => live.Values.Where(each => each.Record.TaskId == task).Select(each => each.Container);

    /// <exception cref="ApplianceException">NotFound: it never was, or has ended.</exception>
    public Container GetContainer(TaskId task, string id) => live.TryGetValue(Get(task, id).Id, out LiveSidecar? found)
        ? found.Container
        : throw new ApplianceException(ErrorKind.NotFound, $"Container '{id}' has ended.");

    /// <summary>Waits for an end; null when the time passed first.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public async Task<SidecarRecord?> WaitAsync(TaskId task, string id, TimeSpan time, CancellationToken cancellation)
    {
        if (live.TryGetValue(Get(task, id).Id, out LiveSidecar? running))
        {
            await Task.WhenAny(running.Ended, Task.Delay(time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }

        SidecarRecord record = Get(task, id);
        return record.EndedAt is null ? null : record;
    }

    /// <summary>Ends one; nothing happens when it has ended.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public async Task TerminateAsync(TaskId task, string id)
    {
        SidecarRecord record = Get(task, id);
        await store.WriteAsync(write => SidecarRows.SetEnding(write, record.Id, SandboxEnding.Terminated));
        if (live.TryGetValue(record.Id, out LiveSidecar? running))
        {
            await running.Container.KillAsync(running.Container.Main, KillSignal, all: true);
        }
    }

    /// <summary>Takes up those of a sandbox that an earlier process started.</summary>
    public async Task AdoptAsync(LiveSandbox sandbox, CancellationToken cancellation)
    {
        foreach (SidecarRecord record in List(sandbox.TaskId).Where(each => each.EndedAt is null))
        {
            if (await launcher.AdoptAsync(sandbox, record.Id, SidecarDefinition.Read(record.Definition), cancellation) is { } container)
            {
                Follow(record, container);
            }
            else
            {
                await store.WriteAsync(write => SidecarRows.End(write, record.Id, SandboxEnding.Lost, ProcessExit.KilledStatus, "The container is gone."));
            }
        }
    }

    /// <summary>Ends all of a sandbox that ends.</summary>
    public async Task EndAllAsync(TaskId task)
    {
        foreach (SidecarRecord record in List(task).Where(each => each.EndedAt is null))
        {
            await TerminateAsync(task, record.Id.Text);
            if (live.TryGetValue(record.Id, out LiveSidecar? running))
            {
                await running.Ended;
            }
            else
            {
                await store.WriteAsync(write => SidecarRows.End(write, record.Id, SandboxEnding.Terminated, ProcessExit.KilledStatus, ""));
            }
        }
    }

    private void Follow(SidecarRecord record, Container container)
    {
        var sidecar = new LiveSidecar(record, container);
        live[record.Id] = sidecar;
        sidecar.Ended = FollowAsync(sidecar);
    }

    private async Task FollowAsync(LiveSidecar sidecar)
    {
        SidecarId id = sidecar.Record.Id;
        try
        {
            SandboxResult result = SandboxResult.Explain(await sidecar.Container.Main.Exited);
            await launcher.CommitVolumesAsync(id);
            await store.WriteAsync(write => SidecarRows.End(write, id, result.Ending, result.ExitCode, result.Message));
            await sidecar.Container.Main.OutputEnded;
            await launcher.RemoveAsync(id);
        }
        catch (Exception failure)
        {
            report(failure);
        }
        finally
        {
            live.TryRemove(id, out _);
        }
    }

    private sealed class LiveSidecar(SidecarRecord record, Container container)
    {
        public SidecarRecord Record => record;

        public Container Container => container;

        public Task Ended { get; set; } = Task.CompletedTask;
    }
}
