using System.Collections.Concurrent;
using Appliance.Containers.Gvisor;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Images;
using Appliance.Images.Layers;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Snapshots;
using Appliance.Native.Files;

namespace Appliance.Engine.Snapshots.Memory;

/// <summary>
/// Keeps the memory and the files of sandboxes, so that others go on from there. Writing the memory ends the sandbox; with
/// its end its changes become an image, and only then the snapshot can be used. A kill in between leaves a sandbox that
/// runs, or one that has ended: the new process completes what can be, and says of the rest that it failed.
/// </summary>
public sealed class MemorySnapshots(
    MetadataStore store, MemorySnapshotFiles files, SnapshotImages images, ImageLibrary library, ContainerRuntime runtime, TimeProvider clock, Action<Exception> report)
{
    /// <summary>How long a memory snapshot can be used.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<TaskId, Task> writing = new();
    private readonly ConcurrentDictionary<MemorySnapshotId, TaskCompletionSource> settling = new();

    /// <summary>What they keep on the disk.</summary>
    public MemorySnapshotFiles Files => files;

    /// <summary>Begins to make one of a sandbox that <see cref="MemorySnapshotChecks"/> has passed.</summary>
    /// <param name="record">Stored when this is called.</param>
    /// <param name="container">Of the sandbox.</param>
    internal void Begin(MemorySnapshotRecord record, Container container) => writing[record.TaskId] = WriteAsync(record, container);

    /// <summary>Waits until the snapshot is whole or has failed.</summary>
    /// <returns>The row as it is then, or when the time has passed.</returns>
    public async Task<MemorySnapshotRecord> WaitAsync(MemorySnapshotId id, TimeSpan time, CancellationToken cancellation)
    {
        Task settled = settling.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        MemorySnapshotRecord now = store.Read(read => MemorySnapshotRows.Find(read, id))!;
        if ((now.ImageId is null && now.Failure is null) && time != TimeSpan.Zero)
        {
            await Task.WhenAny(settled, Task.Delay(time, cancellation));
            cancellation.ThrowIfCancellationRequested();
            now = store.Read(read => MemorySnapshotRows.Find(read, id))!;
        }

        return now;
    }

    /// <summary>Whether the sandbox ends because of a snapshot.</summary>
    public bool IsBeingMade(TaskId task) => store.Read(read => MemorySnapshotRows.FindPending(read, task)) is not null;

    /// <summary>Completes the snapshot of an ended sandbox, if one was begun. Nothing of its container is mounted any more.</summary>
    /// <param name="sandbox">The sandbox.</param>
    /// <param name="keepsChanges">Whether somebody else needs what it changed afterwards.</param>
    public async Task CompleteAsync(SandboxRecord sandbox, bool keepsChanges)
    {
        if (writing.TryGetValue(sandbox.TaskId, out Task? written))
        {
            await written;
            writing.TryRemove(sandbox.TaskId, out _);
        }

        if (store.Read(read => MemorySnapshotRows.FindPending(read, sandbox.TaskId)) is { } pending)
        {
            await CompleteAsync(pending, keepsChanges);
        }
    }

    /// <summary>Completes those of sandboxes whose end an earlier process saw, and removes what is of no use.</summary>
    /// <param name="isLive">Whether this process ends the sandbox of a task, and completes its snapshot then.</param>
    public async Task ResumeAsync(Func<TaskId, bool> isLive)
    {
        foreach (MemorySnapshotRecord pending in store.Read(MemorySnapshotRows.ListPendingOfEnded).Where(each => !isLive(each.TaskId)))
        {
            await CompleteAsync(pending, keepsChanges: false);
        }

        files.Collect(clock.GetUtcNow());
    }

    private async Task WriteAsync(MemorySnapshotRecord record, Container container)
    {
        string? complaint;
        try
        {
            complaint = await container.CheckpointAsync(files.Create(record.Id));
        }
        catch (Exception failure)
        {
            report(failure);
            complaint = "the server's log says why";
        }

        if (complaint is not null)
        {
            await FailAsync(record.Id, $"The memory of sandbox '{record.SandboxId}' could not be written, and it has ended: {RunscComplaint.Shorten(complaint)}");
        }
    }

    private async Task CompleteAsync(MemorySnapshotRecord record, bool keepsChanges)
    {
        try
        {
            if (files.Find(record.Id) is not { IsOfThisBoot: true })
            {
                throw new ApplianceException(
                    ErrorKind.FailedPrecondition, $"Sandbox '{record.SandboxId}' ended before its memory was written, or the machine was started anew meanwhile.");
            }

            await AddImageAsync(record, keepsChanges);
            Settle(record.Id);
        }
        catch (Exception failure)
        {
            report(failure);
            await FailAsync(record.Id, failure is ApplianceException known ? known.Message : "The snapshot could not be completed; the server's log says why.");
        }
    }

    private async Task AddImageAsync(MemorySnapshotRecord record, bool keepsChanges)
    {
        SandboxDefinition definition = SandboxDefinition.Read(record.Definition);
        ImageId below = ObjectId.Read<ImageId>(definition.ImageId);
        using IDisposable hold = library.Pins.Hold(below);
        string changes = runtime.DirectoryOf(record.TaskId.Text).Changes;
        using LayerHold layer = await (keepsChanges
            ? library.Layers.CopyAsync(changes, CancellationToken.None)
            : library.Layers.AdoptAsync(changes, CancellationToken.None));
        PosixFile.SyncFileSystem(files.DirectoryOf(record.Id));
        await images.AddOnAsync(below, layer, Life, (write, image) => MemorySnapshotRows.SetImage(write, record.Id, image));
    }

    private async Task FailAsync(MemorySnapshotId id, string why)
    {
        await store.WriteAsync(write => MemorySnapshotRows.SetFailure(write, id, why));
        files.Remove(id);
        Settle(id);
    }

    private void Settle(MemorySnapshotId id)
    {
        if (settling.TryRemove(id, out TaskCompletionSource? waiters))
        {
            waiters.SetResult();
        }
    }
}
