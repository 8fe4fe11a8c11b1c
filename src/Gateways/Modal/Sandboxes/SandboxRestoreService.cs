using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots.Memory;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;
using NameOverride = Appliance.Protos.Modal.SandboxRestoreRequest.Types.SandboxNameOverrideType;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>The birth of sandboxes from memory snapshots, in both families of calls (contracts/sandbox.md §2 "Snapshots").</summary>
public sealed class SandboxRestoreService(
    MetadataStore store, SandboxRestores restores, SandboxSupervisor supervisor, CommandRouterLinks links) : ModalClient.ModalClientBase
{
    public override async Task<SandboxRestoreResponse> SandboxRestore(SandboxRestoreRequest request, ServerCallContext context)
    {
        if (request.ReplaceVolumeMounts)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, "A sandbox keeps its volumes when it is restored: its processes have their files open. Leave the volumes out.");
        }

        (SandboxRestoreResponse response, _) = await RestoreAsync(
            context,
            request,
            request.SnapshotId,
            isVersion2: false,
            (request.SandboxNameOverrideType, request.SandboxNameOverride),
            stored => new SandboxRestoreResponse { SandboxId = stored.Id.Text });
        return response;
    }

    public override async Task<SandboxRestoreV2Response> SandboxRestoreV2(SandboxRestoreV2Request request, ServerCallContext context)
    {
        (SandboxRestoreV2Response response, SandboxRecord? stored) = await RestoreAsync(
            context,
            request,
            request.SnapshotId,
            isVersion2: true,
            (request.SandboxNameOverrideType, request.SandboxNameOverride),
            created => new SandboxRestoreV2Response
            {
                SandboxId = created.Id.Text,
                TaskId = created.TaskId.Text,
                Metadata = SandboxWords.ToMetadata(created),
            });
        if (stored is not null)
        {
            response.CommandRouterAccess = links.Issue(stored.TaskId, context);
        }

        return response;
    }

    /// <summary>The sandbox begins once it is stored; a repeated call gets the same answer and begins nothing.</summary>
    private async Task<(TResponse Response, SandboxRecord? Stored)> RestoreAsync<TResponse>(
        ServerCallContext context,
        Google.Protobuf.IMessage request,
        string snapshotId,
        bool isVersion2,
        (NameOverride Kind, string Text) name,
        Func<SandboxRecord, TResponse> answer)
        where TResponse : class, Google.Protobuf.IMessage<TResponse>, new()
    {
        Caller caller = context.GetCaller();
        MemorySnapshotId id = ObjectId.Read<MemorySnapshotId>(snapshotId);
        await restores.CheckMachineAsync(id);
        SandboxRecord? stored = null;
        TResponse response = await store.WriteOnceAsync(context, request, write =>
        {
            stored = restores.Create(write, caller, id, isVersion2, original => NameOf(name.Kind, name.Text, original));
            return answer(stored);
        });
        if (stored is not null)
        {
            supervisor.Begin(stored);
        }

        return (response, stored);
    }

    private static string? NameOf(NameOverride kind, string text, string? original) => kind switch
    {
        NameOverride.None => null,
        NameOverride.String => text,
        _ => original,
    };
}
