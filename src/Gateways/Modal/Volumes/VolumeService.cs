using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Appliance.Volumes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Volumes;

/// <summary>Volumes as objects: made, found, listed, renamed, deleted.</summary>
public sealed class VolumeService(MetadataStore store) : ModalClient.ModalClientBase
{
    /// <summary>What a client gets that does not say which format it wants.</summary>
    private const VolumeFsVersion DefaultFormat = VolumeFsVersion.V2;

    public override Task<VolumeGetOrCreateResponse> VolumeGetOrCreate(VolumeGetOrCreateRequest request, ServerCallContext context) =>
        store.GetOrCreateAsync<VolumeId, VolumeGetOrCreateResponse>(
            context,
            request,
            ObjectCalls.ToRequest(request.DeploymentName, request.EnvironmentName, request.ObjectCreationType, request.AppId),
            (write, record) => VolumeCatalog.Create(
                write, record, (int)(request.Version == VolumeFsVersion.Unspecified ? DefaultFormat : request.Version)),
            (read, record) =>
            {
                VolumeMetadata metadata = Describe(read, record);
                return new VolumeGetOrCreateResponse { VolumeId = record.Id, Version = metadata.Version, Metadata = metadata };
            });

    public override Task<VolumeGetByIdResponse> VolumeGetById(VolumeGetByIdRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read => new VolumeGetByIdResponse
        {
            VolumeId = request.VolumeId,
            Metadata = Describe(read, ObjectDirectory.Get<VolumeId>(read, caller, request.VolumeId)),
        }));
    }

    public override Task<VolumeListResponse> VolumeList(VolumeListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            ObjectPage page = ObjectPage.Read<VolumeId>(read, caller, request.EnvironmentName, request.Pagination);
            var response = new VolumeListResponse { EnvironmentName = page.EnvironmentName };
            response.Items.AddRange(page.Objects.Select(record => new VolumeListItem
            {
                Label = record.Name,
                VolumeId = record.Id,
                CreatedAt = ObjectCalls.ToUnixSeconds(record.CreatedAt),
                Metadata = Describe(read, record),
            }));
            return response;
        }));
    }

    public override Task<Empty> VolumeRename(VolumeRenameRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            ObjectDirectory.Rename<VolumeId>(write, caller, request.VolumeId, request.Name);
            return new Empty();
        });
    }

    public override Task<Empty> VolumeDelete(VolumeDeleteRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            ObjectDirectory.Delete<VolumeId>(write, caller, request.VolumeId);
            return new Empty();
        });
    }

    public override async Task<Empty> VolumeHeartbeat(VolumeHeartbeatRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        await store.WriteAsync(write => ObjectDirectory.Heartbeat<VolumeId>(write, caller, request.VolumeId), context.CancellationToken);
        return new Empty();
    }

    internal static VolumeMetadata Describe(ReadTransaction read, ObjectRecord record) => new()
    {
        Version = (VolumeFsVersion)VolumeCatalog.Get(read, record.Id).Format,
        Name = record.Name ?? "",
        CreationInfo = ObjectCalls.ToCreationInfo(record),
    };
}
