using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Waiting for sandboxes and ending them (contracts/sandbox.md §2). Both families of calls mean the same here.</summary>
public sealed class SandboxLifeService(
    SandboxDirectory directory, SandboxSupervisor supervisor, CommandRouterLinks links, DrainSignal drain) : ModalClient.ModalClientBase
{
    /// <summary>How long a client that names no time is kept waiting; then it asks again.</summary>
    private static readonly TimeSpan DefaultHold = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(55);

    public override async Task<SandboxWaitResponse> SandboxWait(SandboxWaitRequest request, ServerCallContext context)
    {
        SandboxRecord record = Get(request.SandboxId, context);
        var response = new SandboxWaitResponse { Metadata = new SandboxHandleMetadata { AppId = record.AppId.Text } };
        if (await WaitAsync(record, TimeSpan.FromSeconds(Math.Max(0, request.Timeout)), context) is { } result)
        {
            response.Result = ContainerWords.ToResult(result);
            response.Metadata.Result = response.Result;
        }

        return response;
    }

    public override Task<SandboxWaitResponse> SandboxWaitV2(SandboxWaitRequest request, ServerCallContext context) => SandboxWait(request, context);

    public override async Task<SandboxTerminateResponse> SandboxTerminate(SandboxTerminateRequest request, ServerCallContext context)
    {
        SandboxRecord record = Get(request.SandboxId, context);
        await supervisor.EndAsync(record.Id, SandboxEnding.Terminated);
        return SandboxResult.Of(record) is { } ended
            ? new SandboxTerminateResponse { ExistingResult = ContainerWords.ToResult(ended) }
            : new SandboxTerminateResponse();
    }

    public override Task<SandboxTerminateResponse> SandboxTerminateV2(SandboxTerminateRequest request, ServerCallContext context) =>
        SandboxTerminate(request, context);

    public override async Task<SandboxGetTaskIdResponse> SandboxGetTaskId(SandboxGetTaskIdRequest request, ServerCallContext context)
    {
        SandboxRecord record = Get(request.SandboxId, context);
        TimeSpan hold = request.HasTimeout ? TimeSpan.FromSeconds(Math.Max(0, request.Timeout)) : DefaultHold;
        if (supervisor.Find(record.Id) is { } live)
        {
            await HoldAsync(Task.WhenAny(live.Started, live.Ended), hold, context);
            if (live.ExplainWait() is { } reason)
            {
                ClientWarnings.Add(context, $"Sandbox '{record.Id}' has not started yet. {reason}");
            }
        }

        return Describe(directory.Get(context.GetCaller(), record.Id));
    }

    public override Task<SandboxGetTaskIdResponse> SandboxGetTaskIdV2(SandboxGetTaskIdRequest request, ServerCallContext context) =>
        SandboxGetTaskId(request, context);

    public override Task<SandboxGetCommandRouterAccessResponse> SandboxGetCommandRouterAccess(
        SandboxGetCommandRouterAccessRequest request, ServerCallContext context)
    {
        SandboxRecord record = request.TargetCase == SandboxGetCommandRouterAccessRequest.TargetOneofCase.TaskId
            ? directory.GetByTask(context.GetCaller(), ObjectId.Read<TaskId>(request.TaskId))
            : Get(request.SandboxId, context);
        CommandRouterAccess access = links.Issue(record.TaskId, context);
        return Task.FromResult(new SandboxGetCommandRouterAccessResponse { Jwt = access.Jwt, Url = access.Url });
    }

    public override Task<TaskGetCommandRouterAccessResponse> TaskGetCommandRouterAccess(
        TaskGetCommandRouterAccessRequest request, ServerCallContext context)
    {
        SandboxRecord record = directory.GetByTask(context.GetCaller(), ObjectId.Read<TaskId>(request.TaskId));
        CommandRouterAccess access = links.Issue(record.TaskId, context);
        return Task.FromResult(new TaskGetCommandRouterAccessResponse { Jwt = access.Jwt, Url = access.Url });
    }

    private SandboxRecord Get(string id, ServerCallContext context) => directory.Get(context.GetCaller(), SandboxId.Read(id));

    /// <summary>A task id once there was a container, and the result once it has ended: some clients look at one first, some at the other.</summary>
    private static SandboxGetTaskIdResponse Describe(SandboxRecord record)
    {
        var response = new SandboxGetTaskIdResponse();
        if (record.StartedAt is not null)
        {
            response.TaskId = record.TaskId.Text;
        }

        if (SandboxResult.Of(record) is { } result)
        {
            response.TaskResult = ContainerWords.ToResult(result);
        }

        return response;
    }

    private async Task<SandboxResult?> WaitAsync(SandboxRecord record, TimeSpan hold, ServerCallContext context)
    {
        if (supervisor.Find(record.Id) is { } live)
        {
            await HoldAsync(live.Ended, hold, context);
        }

        return SandboxResult.Of(directory.Get(context.GetCaller(), record.Id));
    }

    /// <summary>Waits as long as the client allows, and no longer than the server goes on.</summary>
    private async Task HoldAsync(Task awaited, TimeSpan hold, ServerCallContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        TimeSpan time = hold < LongestHold ? hold : LongestHold;
        if (time > TimeSpan.Zero && !awaited.IsCompleted)
        {
            await Task.WhenAny(awaited, Task.Delay(time, either.Token));
            context.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
