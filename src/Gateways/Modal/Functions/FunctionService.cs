using Appliance.Core.Errors;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Engine.Resources;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Web;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Pools;
using Google.Protobuf;
using Grpc.Core;
using AppLayout = Appliance.Engine.Functions.AppLayout;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>Functions and classes as clients define, find and bind them (contracts/modal.md §2, §3).</summary>
public sealed class FunctionService(MetadataStore store, FunctionPools pools, TaskResources resources, WebNames web) : ModalClient.ModalClientBase
{
    /// <summary>Gives a function its id before anything that depends on it is made.</summary>
    public override Task<FunctionPrecreateResponse> FunctionPrecreate(FunctionPrecreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            FunctionRecord function = FunctionDirectory.Ensure(write, caller, request.AppId, request.FunctionName, request.ExistingFunctionId);
            Function announced = FunctionMetadata.Announced(request);
            web.Assign(write, function, announced, isAnnounced: true);
            return new FunctionPrecreateResponse { FunctionId = function.Id.Text, HandleMetadata = FunctionMetadata.Of(function, "", announced) };
        });
    }

    public override async Task<FunctionCreateResponse> FunctionCreate(FunctionCreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        await GpuChoice.SettleAsync(request, resources);
        Function asked = FunctionWords.Concrete(request);
        FunctionDefinition definition = FunctionWords.ToDefinition(asked);
        return await store.WriteOnceAsync(context, request, write =>
        {
            FunctionRecord function = FunctionDirectory.Ensure(write, caller, request.AppId, asked.FunctionName, request.ExistingFunctionId);
            CheckParts(write, caller, definition);
            IReadOnlyList<Warning> warnings = web.Assign(write, function, asked);
            FunctionDefinitionRecord stored = FunctionDirectory.Define(write, function, definition, request.ToByteArray());
            return new FunctionCreateResponse
            {
                FunctionId = function.Id.Text,
                Function = request.Function,
                FunctionData = request.FunctionData,
                HandleMetadata = FunctionMetadata.Of(function, stored.Id.Text, asked),
                ServerWarnings = { warnings },
            };
        });
    }

    public override Task<FunctionGetResponse> FunctionGet(FunctionGetRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            (_, AppLayout layout) = FunctionDirectory.GetDeployed(read, caller, request.EnvironmentName, request.AppName, request.AppVersion);
            AppFunction found = layout.Functions.GetValueOrDefault(request.ObjectTag) ?? throw new ApplianceException(
                ErrorKind.NotFound, $"App '{request.AppName}' has no function '{request.ObjectTag}'. It has: {string.Join(", ", layout.Functions.Keys.Order())}.");
            return new FunctionGetResponse { FunctionId = found.Id, HandleMetadata = Describe(read, caller, found.Id, found.DefinitionId) };
        }));
    }

    public override Task<FunctionGetByIdResponse> FunctionGetById(FunctionGetByIdRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read => new FunctionGetByIdResponse { HandleMetadata = Describe(read, caller, request.FunctionId) }));
    }

    public override Task<FunctionGetSchedulingParamsResponse> FunctionGetSchedulingParams(
        FunctionGetSchedulingParamsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        FunctionPool pool = pools.Get(store.Read(read => FunctionDirectory.Get(read, caller, request.FunctionId)).Id);
        return Task.FromResult(new FunctionGetSchedulingParamsResponse
        {
            AutoscalerConfiguration = new AutoscalerConfiguration
            {
                Settings = FunctionScaling.ToSettings(pool.Scaling),
                StaticSettings = FunctionScaling.ToSettings(pool.Definition.Scaling),
            },
        });
    }

    public override Task<FunctionBindParamsResponse> FunctionBindParams(FunctionBindParamsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            FunctionRecord from = FunctionDirectory.Get(write, caller, request.FunctionId);
            FunctionRecord bound = FunctionDirectory.Bind(
                write, caller, from, request.SerializedParams.ToByteArray(), request.FunctionOptions?.ToByteArray() ?? []);
            return new FunctionBindParamsResponse { BoundFunctionId = bound.Id.Text, HandleMetadata = Describe(write, caller, bound.Id.Text) };
        });
    }

    public override Task<ClassCreateResponse> ClassCreate(ClassCreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write => new ClassCreateResponse
        {
            ClassId = FunctionDirectory.EnsureClass(write, caller, request.AppId, request.ExistingClassId).Text,
            HandleMetadata = new ClassHandleMetadata { Methods = { request.Methods } },
        });
    }

    public override Task<ClassGetResponse> ClassGet(ClassGetRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            (_, AppLayout layout) = FunctionDirectory.GetDeployed(read, caller, request.EnvironmentName, request.AppName, request.AppVersion);
            string id = layout.Classes.GetValueOrDefault(request.ObjectTag) ?? throw new ApplianceException(
                ErrorKind.NotFound, $"App '{request.AppName}' has no class '{request.ObjectTag}'. It has: {string.Join(", ", layout.Classes.Keys.Order())}.");
            var metadata = new ClassHandleMetadata();
            if (layout.Functions.GetValueOrDefault(request.ObjectTag + ".*") is { } service)
            {
                metadata.ClassFunctionId = service.Id;
                metadata.ClassFunctionMetadata = Describe(read, caller, service.Id, service.DefinitionId);
            }

            return new ClassGetResponse { ClassId = id, HandleMetadata = metadata };
        }));
    }

    public override async Task<FunctionUpdateSchedulingParamsResponse> FunctionUpdateSchedulingParams(
        FunctionUpdateSchedulingParamsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        AutoscalerSettings settings = request.Settings ?? new AutoscalerSettings { MinContainers = request.WarmPoolSizeOverride };
        FunctionId id = store.Read(read => FunctionDirectory.Get(read, caller, request.FunctionId)).Id;
        FunctionPool pool = pools.Get(id);
        PoolScaling scaling = FunctionScaling.Apply(pool.Scaling, settings);
        AutoscalerSettings current = FunctionScaling.ToSettings(scaling);
        await store.WriteOnceAsync(context, request, write =>
        {
            FunctionRows.SetScaling(write, id, current.ToByteArray());
            return new FunctionUpdateSchedulingParamsResponse();
        });
        pool.Rescale(scaling);
        return new FunctionUpdateSchedulingParamsResponse { CurrentSettings = current };
    }

    public override Task<FunctionStats> FunctionGetCurrentStats(FunctionGetCurrentStatsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        FunctionId id = store.Read(read => FunctionDirectory.Get(read, caller, request.FunctionId)).Id;
        PoolStats stats = pools.Find(id)?.Stats() ?? new PoolStats(0, 0, 0);
        return Task.FromResult(new FunctionStats
        {
            Backlog = (uint)stats.Waiting,
            NumTotalTasks = (uint)stats.Containers,
            NumRunningInputs = (uint)stats.Running,
        });
    }

    private static FunctionHandleMetadata Describe(ReadTransaction read, Caller caller, string id, string? definitionId = null)
    {
        FunctionRecord function = FunctionDirectory.Get(read, caller, id);
        FunctionDefinitionRecord? definition = definitionId is null
            ? FunctionDirectory.FindDefinition(read, function)
            : FunctionDefinitionRows.Find(read, DefinitionId.FromText(definitionId));
        return definition is null
            ? throw new ApplianceException(ErrorKind.FailedPrecondition, $"Function '{id}' is not defined yet: its app is still being put together.")
            : FunctionMetadata.Of(function, definition.Id.Text, FunctionWords.ReadSent(definition.Sent));
    }

    /// <summary>A function that names what does not exist would fail only when it is called.</summary>
    private static void CheckParts(ReadTransaction read, Caller caller, FunctionDefinition definition)
    {
        foreach (string mount in definition.MountIds)
        {
            ObjectDirectory.Get<Core.Ids.MountId>(read, caller, mount);
        }

        foreach (string secret in definition.SecretIds)
        {
            ObjectDirectory.Get<Core.Ids.SecretId>(read, caller, secret);
        }
    }
}
