using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Metadata;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>Apps: what everything that runs belongs to (contracts/modal.md §2).</summary>
public sealed class AppService(MetadataStore store) : ModalClient.ModalClientBase
{
    public override Task<AppGetOrCreateResponse> AppGetOrCreate(AppGetOrCreateRequest request, ServerCallContext context) =>
        store.GetOrCreateAsync<AppId, AppGetOrCreateResponse>(
            context,
            request,
            ObjectCalls.ToRequest(request.AppName, request.EnvironmentName, request.ObjectCreationType),
            (_, _) => { },
            (_, found) => new AppGetOrCreateResponse { AppId = found.Id });
}
