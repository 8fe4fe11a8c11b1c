using Appliance.Core.Errors;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Access;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Functions;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Pools;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>What containers say of the ports that they serve, and what clients ask of it (contracts/modal.md §5).</summary>
public sealed class ServerService(MetadataStore store, ServerDesk servers, FunctionPools pools, SandboxTunnels tunnels, PublicAddress address)
    : ModalClient.ModalClientBase
{
    public override async Task<Empty> ContainerServerLifecycleReady(ContainerServerLifecycleReadyRequest request, ServerCallContext context)
    {
        await servers.BeginAsync(context.GetFunctionContainer());
        return new Empty();
    }

    /// <summary>The container's port answers. Said again each second.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: the address is none that the container opened.</exception>
    public override Task<FlashContainerRegisterResponse> FlashContainerRegister(FlashContainerRegisterRequest request, ServerCallContext context)
    {
        LiveSandbox container = context.GetFunctionContainer();
        TunnelRecord opened = tunnels.Find(container.TaskId).FirstOrDefault(each => each.MachinePort == request.Port) ?? throw new ApplianceException(
            ErrorKind.InvalidArgument, $"Container '{container.TaskId}' registers port {request.Port}, which is no port that it forwards: forward one first, and name its address.");
        servers.SetPort(container, opened.ContainerPort);
        string url = store.Read(read => FunctionRows.Find(read, container.Record.FunctionId!.Value) is { } function
            && FunctionDirectory.FindDefinition(read, function) is { } definition
                ? FunctionWords.ReadSent(definition.Sent).FlashServiceUrls.FirstOrDefault()
                : null) ?? "";
        return Task.FromResult(new FlashContainerRegisterResponse { Url = url });
    }

    public override Task<Empty> FlashContainerDeregister(FlashContainerDeregisterRequest request, ServerCallContext context)
    {
        servers.SetPort(context.GetFunctionContainer(), null);
        return Task.FromResult(new Empty());
    }

    /// <summary>Those that get requests now, with the addresses that they opened.</summary>
    public override Task<FlashContainerListResponse> FlashContainerList(FlashContainerListRequest request, ServerCallContext context)
    {
        FunctionId function = Find(request.FunctionId, context);
        var response = new FlashContainerListResponse();
        foreach (ServerPlace place in servers.ListPlaces(function))
        {
            TunnelRecord? opened = tunnels.Find(place.Task).FirstOrDefault(each => each.ContainerPort == place.Port && !each.IsPlain);
            response.Containers.Add(new FlashContainerListResponse.Types.Container
            {
                TaskId = place.Task.Text,
                Host = address.HostName,
                Port = (uint)(opened?.MachinePort ?? address.HttpPort),
            });
        }

        return Task.FromResult(response);
    }

    /// <summary>How many containers a scaler of the user's own wants. It says so again and again, so nothing is kept.</summary>
    public override Task<FlashSetTargetSlotsMetricsResponse> FlashSetTargetSlotsMetrics(FlashSetTargetSlotsMetricsRequest request, ServerCallContext context)
    {
        FunctionPool pool = pools.Get(Find(request.FunctionId, context));
        int wanted = (int)Math.Min(request.TargetSlots, int.MaxValue);
        pool.Rescale(pool.Scaling with { Min = Math.Min(wanted, pool.Scaling.Max ?? wanted) });
        return Task.FromResult(new FlashSetTargetSlotsMetricsResponse());
    }

    private FunctionId Find(string id, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.Read(read => FunctionDirectory.Get(read, caller, id)).Id;
    }
}
