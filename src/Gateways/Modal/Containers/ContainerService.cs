using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Core.Lifetime;
using Appliance.Engine.Calls;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Calls;
using Appliance.Metadata;
using Appliance.Metadata.Calls;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Pools;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>What the client's program inside a function's container asks and tells (contracts/modal.md §4).</summary>
public sealed class ContainerService(
    MetadataStore store, FunctionPools pools, CallDesk calls, DirectCalls direct, FunctionSnapshots snapshots, DrainSignal drain) : ModalClient.ModalClientBase
{
    /// <summary>The container asks again at once.</summary>
    private static readonly TimeSpan InputHold = TimeSpan.FromSeconds(50);

    /// <summary>The container waits 15.1 s for its answer.</summary>
    private static readonly TimeSpan HeartbeatHold = TimeSpan.FromSeconds(12);

    public override Task<Empty> ContainerHello(Empty request, ServerCallContext context)
    {
        context.GetFunctionContainer();
        return Task.FromResult(new Empty());
    }

    /// <summary>The container's program has done all that its successors need not do again. It closes its connection now, and waits (contracts/modal.md §4 "Snapshot").</summary>
    public override Task<Empty> ContainerCheckpoint(ContainerCheckpointRequest request, ServerCallContext context)
    {
        CancellationToken closed = context.GetHttpContext().Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? CancellationToken.None;
        snapshots.Maker.Begin(context.GetFunctionContainer(), request.CheckpointId, closed);
        return Task.FromResult(new Empty());
    }

    public override async Task<ContainerHeartbeatResponse> ContainerHeartbeat(ContainerHeartbeatRequest request, ServerCallContext context)
    {
        LiveSandbox container = context.GetFunctionContainer();
        snapshots.Heard(container.TaskId);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        IReadOnlyList<InputId> canceled = await PoolOf(container).TakeCanceledAsync(container.TaskId, HeartbeatHold, stop.Token);
        var response = new ContainerHeartbeatResponse();
        if (canceled.Count > 0)
        {
            response.CancelInputEvent = new CancelInputEvent { InputIds = { canceled.Select(each => each.Text) } };
        }

        return response;
    }

    public override async Task<FunctionGetInputsResponse> FunctionGetInputs(FunctionGetInputsRequest request, ServerCallContext context)
    {
        LiveSandbox container = context.GetFunctionContainer();
        snapshots.Passed(container.TaskId);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        InputHandout handout = await PoolOf(container).TakeAsync(
            container.TaskId, (int)Math.Max(1, request.BatchMaxSize), TimeSpan.FromMilliseconds(request.BatchLingerMs), InputHold, stop.Token);
        var response = new FunctionGetInputsResponse();
        if (handout.IsLast)
        {
            response.Inputs.Add(new FunctionGetInputsItem { KillSwitch = true });
        }

        InputArguments?[] found = calls.FindArguments(handout.Inputs);
        foreach ((PoolInput input, InputArguments? carried) in handout.Inputs.Zip(found))
        {
            // Null for one that somebody has ended meanwhile; its container hears of that with its heartbeat.
            if (carried is { } arguments)
            {
                response.Inputs.Add(CallWords.ToItem(input, arguments));
            }
            else
            {
                calls.GiveBack(container.Record.FunctionId!.Value, container.TaskId, input);
            }
        }

        return response;
    }

    public override async Task<Empty> FunctionPutOutputs(FunctionPutOutputsRequest request, ServerCallContext context)
    {
        LiveSandbox container = context.GetFunctionContainer();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        try
        {
            await calls.PutResultsAsync(container.Record.FunctionId!.Value, container.TaskId, [.. request.Outputs.Select(ToOutcome)], stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new ApplianceException(ErrorKind.Unavailable, "The server stops while other ranks of the cluster still work: say it again.");
        }

        return new Empty();
    }

    public override async Task<Empty> FunctionCallPutDataOut(FunctionCallPutDataRequest request, ServerCallContext context)
    {
        LiveSandbox container = context.GetFunctionContainer();
        if (container.Definition.Function!.Cluster is { Rank: > 0 })
        {
            // Every rank yields; what rank 0 yields is what the caller gets.
            return new Empty();
        }

        var call = ObjectId.Read<FunctionCallId>(request.FunctionCallId);
        if (direct.Find(call) is { } connected)
        {
            foreach (DataChunk chunk in request.DataChunks)
            {
                await connected.Outward.Writer.WriteAsync(chunk.ToByteArray(), context.CancellationToken);
            }

            return new Empty();
        }

        CallRecord? found = store.Read(read => CallRows.Find(read, call));
        if (found?.FunctionId.Equals(container.Record.FunctionId) != true)
        {
            throw new ApplianceException(ErrorKind.NotFound, $"Function call '{call}' is none that this container works on.");
        }

        await calls.YieldAsync(call, [.. request.DataChunks.Select(chunk => ((long)chunk.Index, chunk.ToByteArray()))]);
        return new Empty();
    }

    /// <summary>What a connected caller sends. Held open until the call ends: a clean end is opened again at once.</summary>
    public override async Task FunctionCallGetDataIn(
        FunctionCallGetDataRequest request, IServerStreamWriter<DataChunk> responses, ServerCallContext context)
    {
        context.GetFunctionContainer();
        if (direct.Find(ObjectId.Read<FunctionCallId>(request.FunctionCallId)) is not { } call)
        {
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        try
        {
            await foreach (byte[] piece in call.Inward.Reader.ReadAllAsync(stop.Token))
            {
                await responses.WriteAsync(DataChunk.Parser.ParseFrom(piece), stop.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            // The container has heard enough, or the server stops.
        }
    }

    public override Task<FunctionGetDynamicConcurrencyResponse> FunctionGetDynamicConcurrency(
        FunctionGetDynamicConcurrencyRequest request, ServerCallContext context) =>
        Task.FromResult(new FunctionGetDynamicConcurrencyResponse { Concurrency = Math.Max(1, request.TargetConcurrency) });

    /// <summary>The container could not get ready, or could not end cleanly. What it exits with says nothing.</summary>
    public override Task<Empty> TaskResult(TaskResultRequest request, ServerCallContext context)
    {
        LiveSandbox container = context.GetFunctionContainer();
        if (request.Result is { Status: not GenericResult.Types.GenericStatus.Success } result && !snapshots.IsOnTrial(container.TaskId))
        {
            PoolOf(container).FailStart(container.TaskId, result.Exception, result.ToByteArray());
        }

        return Task.FromResult(new Empty());
    }

    private static InputOutcome ToOutcome(FunctionPutOutputsItem item) => new(
        ObjectId.Read<InputId>(item.InputId),
        (int)item.RetryCount,
        CallWords.ToStatus((item.Result ?? new GenericResult()).Status),
        (int)item.DataFormat,
        (item.Result ?? new GenericResult()).ToByteArray(),
        item.Result?.Exception ?? "");

    private FunctionPool PoolOf(LiveSandbox container) => pools.Get(container.Record.FunctionId!.Value);
}
