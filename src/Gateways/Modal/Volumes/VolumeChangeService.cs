using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Protos.Modal;
using Appliance.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Volumes;

/// <summary>Changes within volumes that need no bytes: copies, removals, commits and reloads.</summary>
public sealed class VolumeChangeService(MetadataStore store, VolumeCommitter committer, SandboxVolumes mounted) : ModalClient.ModalClientBase
{
    public override Task<Empty> VolumeRemoveFile(VolumeRemoveFileRequest request, ServerCallContext context) =>
        RemoveAsync(context, request, request.VolumeId, request.Path, request.Recursive);

    public override Task<Empty> VolumeRemoveFile2(VolumeRemoveFile2Request request, ServerCallContext context) =>
        RemoveAsync(context, request, request.VolumeId, request.Path, request.Recursive);

    public override Task<Empty> VolumeCopyFiles(VolumeCopyFilesRequest request, ServerCallContext context) =>
        CopyAsync(context, request, request.VolumeId, request.SrcPaths, request.DstPath, request.Recursive);

    public override Task<Empty> VolumeCopyFiles2(VolumeCopyFiles2Request request, ServerCallContext context) =>
        CopyAsync(context, request, request.VolumeId, request.SrcPaths, request.DstPath, request.Recursive);

    /// <summary>Commits what the calling container wrote; a client outside has nothing that is not committed.</summary>
    public override async Task<VolumeCommitResponse> VolumeCommit(VolumeCommitRequest request, ServerCallContext context)
    {
        EnsureThere(context.GetCaller(), request.VolumeId);
        if (context.FindContainer() is { } container)
        {
            await mounted.CommitAsync(container.TaskId, request.VolumeId, context.CancellationToken);
        }

        // What others committed is seen after a reload, which fails while files are open.
        return new VolumeCommitResponse { SkipReload = true };
    }

    /// <summary>Shows the calling container the newest version; a client outside sees it anyway.</summary>
    public override async Task<Empty> VolumeReload(VolumeReloadRequest request, ServerCallContext context)
    {
        EnsureThere(context.GetCaller(), request.VolumeId);
        if (context.FindContainer() is { } container)
        {
            await mounted.ReloadAsync(container.TaskId, request.VolumeId, context.CancellationToken);
        }

        return new Empty();
    }

    private Task<Empty> RemoveAsync(ServerCallContext context, IMessage request, string volumeId, string path, bool isRecursive)
    {
        VolumePath place = VolumePath.Read(path);
        return CommitAsync(context, request, volumeId, scope => RemovePath.Steps(scope, place, isRecursive));
    }

    private Task<Empty> CopyAsync(
        ServerCallContext context, IMessage request, string volumeId, IEnumerable<string> sources, string target, bool isRecursive)
    {
        VolumePath[] from = [.. sources.Select(VolumePath.Read)];
        if (from.Length == 0)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "Name at least one file to copy.");
        }

        VolumePath to = VolumePath.Read(target);
        return CommitAsync(context, request, volumeId, scope => CopyPaths.Steps(scope, from, to, isRecursive));
    }

    private async Task<Empty> CommitAsync(
        ServerCallContext context, IMessage request, string volumeId, Func<CommitScope, IEnumerable<CommitStep>> plan)
    {
        if (store.FindReply<Empty>(context, request) is { } given)
        {
            return given;
        }

        EnsureThere(context.GetCaller(), volumeId);
        await committer.CommitAsync(
            volumeId, plan, write => write.RememberReply(context, request, new Empty()), context.CancellationToken);
        return new Empty();
    }

    private void EnsureThere(Caller caller, string volumeId) => store.Read(read => VolumeCatalog.Get<VolumeId>(read, caller, volumeId));
}
