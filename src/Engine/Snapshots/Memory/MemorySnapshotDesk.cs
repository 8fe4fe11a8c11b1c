using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Sidecars;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Snapshots;

namespace Appliance.Engine.Snapshots.Memory;

/// <summary>Takes what clients ask of memory snapshots.</summary>
public sealed class MemorySnapshotDesk(
    MetadataStore store,
    MemorySnapshots snapshots,
    TaskProcesses processes,
    SidecarDesk sidecars,
    SandboxEnvironment environment,
    VariableKeeper variables,
    ClosedConnections connections,
    string dataDirectory)
{
    /// <summary>What they keep on the disk.</summary>
    public MemorySnapshotFiles Files => snapshots.Files;

    /// <summary>Begins to make one; it is named and stored when this answers.</summary>
    /// <param name="task">Of the sandbox.</param>
    /// <param name="callKey">Of the client's own: a call with the same key gets the same snapshot.</param>
    /// <param name="cancellation">Gives up before it has begun.</param>
    /// <exception cref="ApplianceException">NotFound: the task has ended. FailedPrecondition: why none can be made.</exception>
    public async Task<MemorySnapshotId> BeginAsync(TaskId task, string callKey, CancellationToken cancellation)
    {
        if (store.Read(read => MemorySnapshotRows.Find(read, task, callKey)) is { } before)
        {
            return before.Id;
        }

        LiveSandbox sandbox = processes.GetLive(task);
        Container container = await processes.GetContainerAsync(task, cancellation);
        await MemorySnapshotChecks.CheckAsync(sandbox, container, sidecars.ContainersOf(task).Count(each => !each.Main.Exited.IsCompleted), dataDirectory);
        await connections.AwaitAsync(sandbox, cancellation);
        IReadOnlyDictionary<string, string> values = await environment.ReadSecretsAsync(sandbox.Owner, sandbox.Definition.SecretIds, cancellation);
        (MemorySnapshotRecord stored, bool isNew) = await store.WriteAsync(
            write =>
            {
                if (MemorySnapshotRows.Find(write, task, callKey) is { } meanwhile)
                {
                    return (meanwhile, false);
                }

                if (MemorySnapshotRows.FindPending(write, task) is { } other)
                {
                    throw new ApplianceException(ErrorKind.FailedPrecondition, $"Memory snapshot '{other.Id}' of the same sandbox is being made.");
                }

                // What the sandbox was given goes when it does: the snapshot needs it longer.
                SandboxDefinition definition = sandbox.Definition with
                {
                    SecretIds = variables.Keep(write, sandbox.Owner, [], [VariableSource.Of(values)], MemorySnapshots.Life),
                };
                var record = new MemorySnapshotRecord(
                    ObjectId.Mint<MemorySnapshotId>(),
                    sandbox.Record.WorkspaceId,
                    task,
                    callKey,
                    sandbox.Id,
                    sandbox.Record.AppId,
                    sandbox.Record.Name,
                    definition.Write(),
                    write.Now);
                MemorySnapshotRows.Add(write, record);
                return (record, true);
            },
            cancellation);
        if (isNew)
        {
            snapshots.Begin(stored, container);
        }

        return stored.Id;
    }

    /// <summary>Waits until it is whole or has failed.</summary>
    public Task<MemorySnapshotRecord> WaitAsync(MemorySnapshotId id, TimeSpan time, CancellationToken cancellation) =>
        snapshots.WaitAsync(id, time, cancellation);

    /// <exception cref="ApplianceException">NotFound.</exception>
    public MemorySnapshotRecord Get(Caller caller, MemorySnapshotId id) =>
        store.Read(read => MemorySnapshotRows.Find(read, id)) is { } found && found.WorkspaceId == caller.WorkspaceId
            ? found
            : throw SandboxRestores.NotFound(id);
}
