using System.Globalization;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Core.Lifetime;
using Appliance.Engine.Calls;
using Appliance.Engine.Functions;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Functions;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Pools;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RetryPolicy = Appliance.Scheduling.Pools.RetryPolicy;

namespace Appliance.Gateways.Modal.Calls;

/// <summary>Calls of functions as clients make them (contracts/modal.md §2).</summary>
public sealed class CallService(MetadataStore store, CallDesk calls, DrainSignal drain) : ModalClient.ModalClientBase
{
    private const uint OutstandingMax = 1000;
    private const int ResultsMax = 1000;
    private const long ResultBytesMax = 32 << 20;
    private const int ChunksMax = 64;

    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(55);

    public override async Task<FunctionMapResponse> FunctionMap(FunctionMapRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        NewInput[] inputs = [.. request.PipelinedInputs.Select(CallWords.ToInput)];
        InputId? parent = request.ParentInputId.Length > 0 ? ObjectId.Read<InputId>(request.ParentInputId) : null;
        FunctionId? called = null;
        IReadOnlyList<PoolInput> added = [];
        FunctionMapResponse response = await store.WriteOnceAsync(context, request, write =>
        {
            FunctionRecord function = FunctionDirectory.Get(write, caller, request.FunctionId);
            CallRecord call = CallDesk.Create(write, caller, function, CallWords.ToKind(request), parent);
            added = CallDesk.AddInputs(write, call, inputs);
            called = function.Id;
            return new FunctionMapResponse
            {
                FunctionCallId = call.Id.Text,
                FunctionCallJwt = call.Id.Text,
                MaxInputsOutstanding = OutstandingMax,
                RetryPolicy = FunctionWords.ToSent(calls.FindRetry(function.Id) ?? ReadRetry(write, function)),
                PipelinedInputs = { CallWords.ToItems(inputs, added) },
            };
        });
        if (called is { } id && added.Count > 0)
        {
            calls.Begin(id, added);
        }

        return response;
    }

    public override async Task<FunctionPutInputsResponse> FunctionPutInputs(FunctionPutInputsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        NewInput[] inputs = [.. request.Inputs.Select(CallWords.ToInput)];
        FunctionId? called = null;
        IReadOnlyList<PoolInput> added = [];
        FunctionPutInputsResponse response = await store.WriteOnceAsync(context, request, write =>
        {
            CallRecord call = CallDesk.Get(write, caller, request.FunctionCallId);

            // The function of a stopped app is gone, and with it who would work on these.
            FunctionDirectory.Get(write, caller, call.FunctionId.Text);
            added = CallDesk.AddInputs(write, call, inputs);
            called = call.FunctionId;
            return new FunctionPutInputsResponse { Inputs = { CallWords.ToItems(inputs, added) } };
        });
        if (called is { } id)
        {
            calls.Begin(id, added);
        }

        return response;
    }

    /// <summary>Says that no more inputs come; a call ends when all that came have a result, so there is nothing to note.</summary>
    public override Task<Empty> FunctionFinishInputs(FunctionFinishInputsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        store.Read(read => CallDesk.Get(read, caller, request.FunctionCallId));
        return Task.FromResult(new Empty());
    }

    public override async Task<FunctionGetOutputsResponse> FunctionGetOutputs(FunctionGetOutputsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        var id = ObjectId.Read<FunctionCallId>(request.FunctionCallId);
        CallRecord? call = null;
        int after = ReadCursor(request.LastEntryId);
        int countMax = request.MaxValues > 0 ? Math.Min(request.MaxValues, ResultsMax) : ResultsMax;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        IReadOnlyList<InputResult> found;
        try
        {
            found = await calls.AwaitAsync(
                id,
                read =>
                {
                    // What is looked at together belongs together, and costs one snapshot. The call may go while one waits.
                    call = call is null ? CallDesk.Get(read, caller, request.FunctionCallId) : CallRows.Find(read, id) ?? call;
                    return request.HasStartIdx
                        ? InputRows.ListResultsAt(read, id, request.StartIdx, request.HasEndIdx ? request.EndIdx : request.StartIdx, ResultBytesMax)
                        : InputRows.ListResults(read, id, after, countMax, ResultBytesMax);
                },
                TimeSpan.FromSeconds(Math.Clamp(request.Timeout, 0, LongestHold.TotalSeconds)),
                stop.Token);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            found = [];
        }

        var response = new FunctionGetOutputsResponse
        {
            LastEntryId = request.HasStartIdx || found.Count == 0 ? Cursor(after) : Cursor(found[^1].Input.Number!.Value),
            NumUnfinishedInputs = call!.InputCount - call.DoneCount,
        };
        foreach (InputResult result in found)
        {
            response.Idxs.Add(result.Input.Position);
            response.Outputs.Add(CallWords.ToOutput(result));
        }

        return response;
    }

    /// <summary>What a generator yields, until its caller has heard enough.</summary>
    public override async Task FunctionCallGetDataOut(
        FunctionCallGetDataRequest request, IServerStreamWriter<DataChunk> responses, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        CallRecord call = store.Read(read => CallDesk.Get(read, caller, request.FunctionCallId));
        long last = (long)request.LastIndex;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        try
        {
            while (true)
            {
                long after = last;
                IReadOnlyList<byte[]> found = await calls.AwaitAsync(
                    call.Id, read => ChunkRows.List(read, call.Id, after, ChunksMax), LongestHold, stop.Token);
                foreach (byte[] body in found)
                {
                    DataChunk chunk = DataChunk.Parser.ParseFrom(body);
                    await responses.WriteAsync(chunk, stop.Token);
                    last = (long)chunk.Index;
                }
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // The server stops: the client opens the next stream at its place.
        }
    }

    public override async Task<Empty> FunctionCallCancel(FunctionCallCancelRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        CallRecord call = store.Read(read => CallDesk.Get(read, caller, request.FunctionCallId));
        await calls.CancelAsync(call, request.TerminateContainers, context.CancellationToken);
        return new Empty();
    }

    public override Task<FunctionCallFromIdResponse> FunctionCallFromId(FunctionCallFromIdRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        CallRecord call = store.Read(read => CallDesk.Get(read, caller, request.FunctionCallId));
        return Task.FromResult(new FunctionCallFromIdResponse
        {
            FunctionCallId = call.Id.Text,
            NumInputs = call.InputCount,
            Metadata = new FunctionCallHandleMetadata { AppId = call.AppId.Text, FunctionId = call.FunctionId.Text },
        });
    }

    /// <summary>As it was defined. Definitions can be large, so a pool that is there knows it, too.</summary>
    private static RetryPolicy ReadRetry(ReadTransaction read, FunctionRecord function) =>
        FunctionDirectory.FindDefinition(read, function) is { } definition
            ? FunctionDefinition.Read(definition.Definition).Retry
            : throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"Function '{function.Id}' is not defined yet: its app is still being put together.");

    private static int ReadCursor(string cursor)
    {
        int dash = cursor.IndexOf('-', StringComparison.Ordinal);
        return int.TryParse(dash < 0 ? cursor : cursor.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }

    private static string Cursor(int number) => string.Create(CultureInfo.InvariantCulture, $"{number}-0");
}
