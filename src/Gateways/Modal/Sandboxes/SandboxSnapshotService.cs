using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Images;
using Appliance.Images;
using Appliance.Images.Building.Jobs;
using Appliance.Metadata.Images;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Snapshots;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Images of sandboxes by the older calls, and of those that have ended (contracts/sandbox.md §2 "Snapshots").</summary>
public sealed class SandboxSnapshotService(
    SandboxDirectory directory,
    SandboxSupervisor supervisor,
    FilesystemSnapshots snapshots,
    ExitSnapshots exits,
    ImageLibrary library,
    DrainSignal drain) : ModalClient.ModalClientBase
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(10);

    public override async Task<SandboxSnapshotFsResponse> SandboxSnapshotFs(SandboxSnapshotFsRequest request, ServerCallContext context) =>
        Describe(await SnapshotAsync(request.SandboxId, context));

    /// <summary>The image is there when this answers.</summary>
    public override async Task<SandboxSnapshotFsAsyncResponse> SandboxSnapshotFsAsync(
        SandboxSnapshotFsAsyncRequest request, ServerCallContext context) =>
        new() { ImageId = (await SnapshotAsync(request.SandboxId, context)).Text };

    public override Task<SandboxSnapshotFsResponse> SandboxSnapshotFsAsyncGet(
        SandboxSnapshotFsAsyncGetRequest request, ServerCallContext context) =>
        Task.FromResult(Describe(ObjectId.Read<ImageId>(request.ImageId)));

    public override async Task<SandboxGetExitSnapshotResponse> SandboxGetExitSnapshot(
        SandboxGetExitSnapshotRequest request, ServerCallContext context)
    {
        SandboxRecord sandbox = Get(request.SandboxId, context);
        ExitSnapshotRecord? found = exits.Find(sandbox);
        if (found is null && supervisor.Find(sandbox.Id) is { } live)
        {
            await HoldAsync(live.Removed, TimeSpan.FromSeconds(Math.Max(0, request.Timeout)), context);
            found = exits.Find(sandbox);
        }

        return found switch
        {
            { ImageId: { } image } => new() { Success = new() { ImageId = image } },
            { Failure: { } failure } => new()
            {
                Error = new() { ErrorCode = SandboxGetExitSnapshotResponse.Types.ErrorCode.Internal, Message = failure },
            },
            _ => new() { Pending = new() },
        };
    }

    public override Task<SandboxGetExitSnapshotResponse> SandboxGetExitSnapshotV2(
        SandboxGetExitSnapshotRequest request, ServerCallContext context) => SandboxGetExitSnapshot(request, context);

    private SandboxRecord Get(string id, ServerCallContext context) => directory.Get(context.GetCaller(), SandboxId.Read(id));

    /// <summary>These images stay until they are deleted. A call is known again by its key.</summary>
    private Task<ImageId> SnapshotAsync(string sandbox, ServerCallContext context)
    {
        string key = context.RequestHeaders.GetValue(IdempotentCall.KeyHeader) is { Length: > 0 } given ? given : Guid.NewGuid().ToString();
        SandboxRecord record = Get(sandbox, context);
        return record.EndedAt is null
            ? snapshots.SnapshotAsync(record.TaskId, SnapshotRequest.Read(key, -1, key: null), context.CancellationToken)
            : throw new ApplianceException(ErrorKind.FailedPrecondition, $"Sandbox '{record.Id}' has ended: no snapshot can be made of it any more.");
    }

    private SandboxSnapshotFsResponse Describe(ImageId id)
    {
        var outcome = new BuildOutcome(id.Text, ImageBuildState.Succeeded, null, library.Images.Get(id));
        return new SandboxSnapshotFsResponse
        {
            ImageId = id.Text,
            Result = ImageAnswers.ResultOf(outcome),
            ImageMetadata = ImageAnswers.MetadataOf(library, outcome),
        };
    }

    private async Task HoldAsync(Task awaited, TimeSpan hold, ServerCallContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        await Task.WhenAny(awaited, Task.Delay(hold < LongestHold ? hold : LongestHold, either.Token));
        context.CancellationToken.ThrowIfCancellationRequested();
    }
}
