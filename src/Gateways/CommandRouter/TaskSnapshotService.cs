using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Snapshots;
using Appliance.Engine.Snapshots.Memory;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Snapshots;
using Appliance.Protos.CommandRouter;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.CommandRouter;

/// <summary>Images of what running containers changed (contracts/sandbox.md §2 "Snapshots").</summary>
public sealed class TaskSnapshotService(
    FilesystemSnapshots snapshots, DirectorySnapshots directories, MemorySnapshotDesk memory) : TaskCommandRouter.TaskCommandRouterBase
{
    public override async Task<TaskSnapshotFilesystemResponse> TaskSnapshotFilesystem(
        TaskSnapshotFilesystemRequest request, ServerCallContext context)
    {
        TaskId task = context.GetTask(request.TaskId);
        TaskMountService.RefuseSidecar(request.ContainerId);
        SnapshotRequest wanted = SnapshotRequest.Read(
            request.SnapshotId,
            request.HasTtlSeconds ? request.TtlSeconds : null,
            KeyOf(request.HasCustomerSuppliedEncryptionKey, request.CustomerSuppliedEncryptionKey));
        ImageId image = await snapshots.SnapshotAsync(task, wanted, context.CancellationToken);
        return new TaskSnapshotFilesystemResponse { ImageId = image.Text };
    }

    public override async Task<TaskSnapshotDirectoryResponse> TaskSnapshotDirectory(
        TaskSnapshotDirectoryRequest request, ServerCallContext context)
    {
        TaskId task = context.GetTask(request.TaskId);
        TaskMountService.RefuseSidecar(request.ContainerId);
        SnapshotRequest wanted = SnapshotRequest.Read(
            request.SnapshotId,
            request.HasTtlSeconds ? request.TtlSeconds : null,
            KeyOf(request.HasCustomerSuppliedEncryptionKey, request.CustomerSuppliedEncryptionKey));
        ImageId image = await directories.SnapshotAsync(task, TaskMountService.ReadPath(request.Path), wanted, context.CancellationToken);
        return new TaskSnapshotDirectoryResponse { ImageId = image.Text };
    }

    /// <summary>Answers when the snapshot is whole; the sandbox has ended then.</summary>
    public override async Task<TaskSnapshotMemoryResponse> TaskSnapshotMemory(TaskSnapshotMemoryRequest request, ServerCallContext context)
    {
        TaskId task = context.GetTask(request.TaskId);
        string key = request.IdempotencyKey.Length > 0 ? request.IdempotencyKey : Guid.NewGuid().ToString();
        MemorySnapshotId id = await memory.BeginAsync(task, key, context.CancellationToken);
        MemorySnapshotRecord made = await memory.WaitAsync(id, Timeout.InfiniteTimeSpan, context.CancellationToken);
        return made.Failure is { } failure
            ? throw new ApplianceException(ErrorKind.FailedPrecondition, failure)
            : new TaskSnapshotMemoryResponse { SnapshotId = id.Text };
    }

    private static ReadOnlyMemory<byte>? KeyOf(bool isGiven, ByteString key) => isGiven ? key.Memory : (ReadOnlyMemory<byte>?)null;
}
