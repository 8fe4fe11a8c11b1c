using Appliance.Gateways.Modal.Objects;
using Appliance.Engine.Calls;
using Appliance.Metadata.Calls;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Pools;

namespace Appliance.Gateways.Modal.Calls;

/// <summary>Calls, inputs and results in this protocol's words and in neutral ones.</summary>
internal static class CallWords
{
    public static CallKind ToKind(FunctionMapRequest request)
    {
        CallKind kind = request.FunctionCallType == FunctionCallType.Map ? CallKind.Map : CallKind.Unary;
        if (request.FunctionCallInvocationType is FunctionCallInvocationType.Async or FunctionCallInvocationType.AsyncLegacy || request.FromSpawnMap)
        {
            kind |= CallKind.Spawned;
        }

        return kind;
    }

    public static NewInput ToInput(FunctionPutInputsItem item)
    {
        FunctionInput input = item.Input ?? new FunctionInput();
        bool isBlob = input.ArgsOneofCase == FunctionInput.ArgsOneofOneofCase.ArgsBlobId;
        return new NewInput(
            item.Idx,
            input.HasMethodName ? input.MethodName : "",
            new InputArguments((int)input.DataFormat, isBlob ? null : input.Args.ToByteArray(), isBlob ? input.ArgsBlobId : null));
    }

    /// <summary>What the container gets of an input.</summary>
    public static FunctionGetInputsItem ToItem(PoolInput input, InputArguments arguments)
    {
        var content = new FunctionInput { DataFormat = (DataFormat)arguments.Format };
        if (arguments.BlobId is { } blob)
        {
            content.ArgsBlobId = blob;
        }
        else
        {
            content.Args = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(arguments.Body);
        }

        if (input.Method.Length > 0)
        {
            content.MethodName = input.Method;
        }

        return new FunctionGetInputsItem
        {
            InputId = input.Id.Text,
            FunctionCallId = input.Call.Text,
            Input = content,
            RetryCount = (uint)(input.Attempt + input.Losses),
            FunctionCallInvocationType = input.IsSpawned ? FunctionCallInvocationType.Async : FunctionCallInvocationType.Sync,
        };
    }

    public static IEnumerable<FunctionPutInputsResponseItem> ToItems(IReadOnlyList<NewInput> inputs, IReadOnlyList<PoolInput> added) =>
        added.Select((input, index) => new FunctionPutInputsResponseItem
        {
            Idx = inputs[index].Position,
            InputId = input.Id.Text,
            InputJwt = input.Id.Text,
        });

    /// <summary>
    /// Attempts are the server's business: a client that does not retry itself drops a result with another count than its
    /// own, which stays 0 (contracts/modal.md §0.3).
    /// </summary>
    public static FunctionGetOutputsItem ToOutput(InputResult result) => new()
    {
        Idx = result.Input.Position,
        InputId = result.Input.Id.Text,
        TaskId = result.Input.TaskId?.Text ?? "",
        DataFormat = (DataFormat)result.Format,
        Result = result.Body is { } body ? GenericResult.Parser.ParseFrom(body) : new GenericResult { Status = ToStatus(result.Input.Status), Exception = result.Message },
        InputStartedAt = result.Input.StartedAt is { } started ? ObjectCalls.ToUnixSeconds(started) : 0,
        OutputCreatedAt = result.Input.EndedAt is { } ended ? ObjectCalls.ToUnixSeconds(ended) : 0,
    };

    public static InputStatus ToStatus(GenericResult.Types.GenericStatus status) => status switch
    {
        GenericResult.Types.GenericStatus.Success => InputStatus.Success,
        GenericResult.Types.GenericStatus.Timeout => InputStatus.Timeout,
        GenericResult.Types.GenericStatus.Terminated => InputStatus.Terminated,
        GenericResult.Types.GenericStatus.InitFailure => InputStatus.InitFailure,
        GenericResult.Types.GenericStatus.InternalFailure => InputStatus.InternalFailure,
        _ => InputStatus.Failure,
    };

    public static GenericResult.Types.GenericStatus ToStatus(InputStatus? status) => status switch
    {
        InputStatus.Success => GenericResult.Types.GenericStatus.Success,
        InputStatus.Timeout => GenericResult.Types.GenericStatus.Timeout,
        InputStatus.Terminated => GenericResult.Types.GenericStatus.Terminated,
        InputStatus.InitFailure => GenericResult.Types.GenericStatus.InitFailure,
        InputStatus.InternalFailure => GenericResult.Types.GenericStatus.InternalFailure,
        _ => GenericResult.Types.GenericStatus.Failure,
    };
}
