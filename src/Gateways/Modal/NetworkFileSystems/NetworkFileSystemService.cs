using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Appliance.Volumes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.NetworkFileSystems;

/// <summary>Network file systems as objects. Behind each is a volume of which every write is a commit.</summary>
public sealed class NetworkFileSystemService(MetadataStore store) : ModalClient.ModalClientBase
{
    private const int Format = 2;

    public override Task<SharedVolumeGetOrCreateResponse> SharedVolumeGetOrCreate(
        SharedVolumeGetOrCreateRequest request, ServerCallContext context) =>
        store.GetOrCreateAsync<NetworkFileSystemId, SharedVolumeGetOrCreateResponse>(
            context,
            request,
            ObjectCalls.ToRequest(request.DeploymentName, request.EnvironmentName, request.ObjectCreationType, request.AppId),
            (write, record) => VolumeCatalog.Create(write, record, Format),
            (_, record) => new SharedVolumeGetOrCreateResponse { SharedVolumeId = record.Id });

    public override Task<SharedVolumeListResponse> SharedVolumeList(SharedVolumeListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            ObjectPage page = ObjectPage.Read<NetworkFileSystemId>(read, caller, request.EnvironmentName, page: null);
            var response = new SharedVolumeListResponse { EnvironmentName = page.EnvironmentName };
            response.Items.AddRange(page.Objects.Select(record => new SharedVolumeListItem
            {
                Label = record.Name,
                SharedVolumeId = record.Id,
                CreatedAt = ObjectCalls.ToUnixSeconds(record.CreatedAt),
            }));
            return response;
        }));
    }

    public override Task<Empty> SharedVolumeDelete(SharedVolumeDeleteRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            ObjectDirectory.Delete<NetworkFileSystemId>(write, caller, request.SharedVolumeId);
            return new Empty();
        });
    }

    public override async Task<Empty> SharedVolumeHeartbeat(SharedVolumeHeartbeatRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        await store.WriteAsync(
            write => ObjectDirectory.Heartbeat<NetworkFileSystemId>(write, caller, request.SharedVolumeId), context.CancellationToken);
        return new Empty();
    }
}
