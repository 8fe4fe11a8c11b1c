using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Apps;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>Apps that a client begins, keeps alive and ends (contracts/modal.md §2).</summary>
public sealed class AppRunService(MetadataStore store, AppRuns apps, PublicAddress address) : ModalClient.ModalClientBase
{
    public override Task<AppCreateResponse> AppCreate(AppCreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            string id = AppRuns.Create(
                write, caller, request.EnvironmentName, request.Description, AppWords.ToLife(request.AppState), AppTags.Write(request.Tags)).Id.Text;
            return new AppCreateResponse { AppId = id, AppPageUrl = address.HttpUrl("/apps/" + id), AppLogsUrl = address.HttpUrl("/apps/" + id) };
        });
    }

    public override async Task<Empty> AppHeartbeat(AppHeartbeatRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        await store.WriteAsync(
            write =>
            {
                try
                {
                    if (AppPublication.Get(write, caller, request.AppId).State == AppLife.Ephemeral)
                    {
                        ObjectDirectory.Heartbeat<AppId>(write, caller, request.AppId, AppRuns.Life);
                    }
                }
                catch (ApplianceException gone) when (gone.Kind == ErrorKind.NotFound)
                {
                    throw new ApplianceException(ErrorKind.FailedPrecondition, $"App '{request.AppId}' has stopped: run it again.", gone);
                }
            },
            context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> AppClientDisconnect(AppClientDisconnectRequest request, ServerCallContext context)
    {
        await apps.LeaveAsync(context.GetCaller(), ObjectId.Read<AppId>(request.AppId), context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> AppStop(AppStopRequest request, ServerCallContext context)
    {
        await apps.StopAsync(context.GetCaller(), ObjectId.Read<AppId>(request.AppId), context.CancellationToken);
        return new Empty();
    }
}
