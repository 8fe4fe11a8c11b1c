using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots.Memory;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Snapshots;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Memory snapshots of sandboxes, by the calls of the first family (contracts/sandbox.md §2 "Snapshots").</summary>
public sealed class SandboxMemoryService(SandboxDirectory directory, MemorySnapshotDesk snapshots, DrainSignal drain) : ModalClient.ModalClientBase
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(55);

    /// <summary>Names the snapshot; it is whole when <see cref="SandboxSnapshotWait"/> says so.</summary>
    public override async Task<SandboxSnapshotResponse> SandboxSnapshot(SandboxSnapshotRequest request, ServerCallContext context)
    {
        string key = context.RequestHeaders.GetValue(IdempotentCall.KeyHeader) is { Length: > 0 } given ? given : Guid.NewGuid().ToString();
        SandboxRecord record = directory.Get(context.GetCaller(), SandboxId.Read(request.SandboxId));
        return new SandboxSnapshotResponse { SnapshotId = (await snapshots.BeginAsync(record.TaskId, key, context.CancellationToken)).Text };
    }

    public override async Task<SandboxSnapshotWaitResponse> SandboxSnapshotWait(SandboxSnapshotWaitRequest request, ServerCallContext context)
    {
        MemorySnapshotRecord record = Get(request.SnapshotId, context);
        TimeSpan hold = TimeSpan.FromSeconds(Math.Clamp(request.Timeout, 0, LongestHold.TotalSeconds));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        record = await snapshots.WaitAsync(record.Id, hold, either.Token);
        return new SandboxSnapshotWaitResponse { Result = Describe(record) };
    }

    public override Task<SandboxSnapshotGetResponse> SandboxSnapshotGet(SandboxSnapshotGetRequest request, ServerCallContext context)
    {
        MemorySnapshotRecord record = Get(request.SnapshotId, context);
        return Task.FromResult(new SandboxSnapshotGetResponse
        {
            SnapshotId = record.Id.Text,
            HandleMetadata = new SandboxSnapshotHandleMetadata { IsV2 = record.SandboxId.IsVersion2 },
        });
    }

    private MemorySnapshotRecord Get(string id, ServerCallContext context) =>
        snapshots.Get(context.GetCaller(), ObjectId.Read<MemorySnapshotId>(id));

    private static GenericResult Describe(MemorySnapshotRecord record) => record switch
    {
        { ImageId: not null } => new GenericResult { Status = GenericResult.Types.GenericStatus.Success },
        { Failure: { } failure } => new GenericResult { Status = GenericResult.Types.GenericStatus.Failure, Exception = failure },
        _ => new GenericResult { Status = GenericResult.Types.GenericStatus.Timeout, Exception = $"Memory snapshot '{record.Id}' is still being made." },
    };
}
