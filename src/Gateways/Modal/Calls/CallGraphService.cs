using Appliance.Core.Ids.Functions;
using Appliance.Engine.Calls;
using Appliance.Engine.Functions;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Functions;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Calls;

/// <summary>What calls a function had, and what they called in turn.</summary>
public sealed class CallGraphService(MetadataStore store) : ModalClient.ModalClientBase
{
    /// <summary>Of a graph; more is left out, and said to be.</summary>
    private const int InputsMax = 1000;

    private const int ListedMax = 100;

    public override Task<FunctionGetCallGraphResponse> FunctionGetCallGraph(FunctionGetCallGraphRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            var response = new FunctionGetCallGraphResponse();
            var names = new Dictionary<FunctionId, (string Function, string Module)>();
            Queue<CallRecord> left = new([CallDesk.Get(read, caller, request.FunctionCallId)]);
            while (left.TryDequeue(out CallRecord? call))
            {
                response.FunctionCalls.Add(Describe(read, call, names));
                foreach (InputRecord input in InputRows.List(read, call.Id, InputsMax))
                {
                    if (response.Inputs.Count == InputsMax)
                    {
                        response.Truncated = true;
                        return response;
                    }

                    response.Inputs.Add(Describe(input));
                    foreach (CallRecord child in CallRows.ListOfParent(read, input.Id))
                    {
                        left.Enqueue(child);
                    }
                }
            }

            return response;
        }));
    }

    public override Task<FunctionCallListResponse> FunctionCallList(FunctionCallListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            FunctionRecord function = FunctionDirectory.Get(read, caller, request.FunctionId);
            return new FunctionCallListResponse { FunctionCalls = { CallRows.List(read, function.Id, ListedMax).Select(call => Summarize(read, call)) } };
        }));
    }

    public override Task<FunctionCallGetInfoResponse> FunctionCallGetInfo(FunctionCallGetInfoRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
            new FunctionCallGetInfoResponse { Info = Summarize(read, CallDesk.Get(read, caller, request.FunctionCallId)) }));
    }

    private static FunctionCallInfo Summarize(ReadTransaction read, CallRecord call)
    {
        Dictionary<InputStatus, int> ended = InputRows.CountByStatus(read, call.Id);
        int Of(InputStatus status) => ended.GetValueOrDefault(status);
        return new FunctionCallInfo
        {
            FunctionCallId = call.Id.Text,
            CreatedAt = ObjectCalls.ToUnixSeconds(call.CreatedAt),
            TotalInputs = call.InputCount,
            PendingInputs = new InputCategoryInfo { Total = call.InputCount - call.DoneCount },
            SucceededInputs = new InputCategoryInfo { Total = Of(InputStatus.Success) },
            TimeoutInputs = new InputCategoryInfo { Total = Of(InputStatus.Timeout) },
            CancelledInputs = new InputCategoryInfo { Total = Of(InputStatus.Terminated) },
            FailedInputs = new InputCategoryInfo { Total = Of(InputStatus.Failure) + Of(InputStatus.InitFailure) + Of(InputStatus.InternalFailure) },
        };
    }

    private static FunctionCallCallGraphInfo Describe(
        ReadTransaction read, CallRecord call, Dictionary<FunctionId, (string Function, string Module)> names)
    {
        if (!names.TryGetValue(call.FunctionId, out (string Function, string Module) name))
        {
            FunctionRecord? record = FunctionRows.Find(read, call.FunctionId);
            Function? sent = record is not null && FunctionDirectory.FindDefinition(read, record) is { } definition ? FunctionWords.ReadSent(definition.Sent) : null;
            names[call.FunctionId] = name = (sent?.FunctionName ?? record?.Tag ?? "", sent?.ModuleName ?? "");
        }

        return new FunctionCallCallGraphInfo
        {
            FunctionCallId = call.Id.Text,
            ParentInputId = call.ParentInputId?.Text ?? "",
            FunctionName = name.Function,
            ModuleName = name.Module,
        };
    }

    private static InputCallGraphInfo Describe(InputRecord input) => new()
    {
        InputId = input.Id.Text,
        FunctionCallId = input.CallId.Text,
        TaskId = input.TaskId?.Text ?? "",
        Status = input.Status is { } status ? CallWords.ToStatus(status) : GenericResult.Types.GenericStatus.Unspecified,
    };
}
