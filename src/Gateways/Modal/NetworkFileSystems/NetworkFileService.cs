using Appliance.Blobs;
using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Volumes;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Blobs;
using Appliance.Metadata.Contents;
using Appliance.Metadata.Volumes;
using Appliance.Protos.Modal;
using Appliance.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.NetworkFileSystems;

/// <summary>Files of network file systems: whole in a message, or as a blob when they are large (contracts/modal.md §6).</summary>
public sealed class NetworkFileService(
    MetadataStore store, ContentStore contents, BlobStore blobs, VersionPins pins, VolumeCommitter committer)
    : ModalClient.ModalClientBase
{
    /// <summary>What is sent in one message; more goes through a blob.</summary>
    private const long InlineBytesMax = 16 * 1024 * 1024;

    private const int FileMode = 0x1A4;

    public override async Task<SharedVolumePutFileResponse> SharedVolumePutFile(SharedVolumePutFileRequest request, ServerCallContext context)
    {
        VolumePath path = VolumePath.ReadFile(request.Path);
        EnsureThere(context.GetCaller(), request.SharedVolumeId);
        using ContentLease lease = await TakeAsync(request, context);
        await committer.CommitAsync(
            request.SharedVolumeId, scope => Put(scope, path, lease.Content), _ => { }, context.CancellationToken);
        return new SharedVolumePutFileResponse { Exists = true };
    }

    public override async Task<SharedVolumeGetFileResponse> SharedVolumeGetFile(SharedVolumeGetFileRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        VolumePath path = VolumePath.Read(request.Path);
        FileContent content = store.Read(read => VolumeEntry.ContentOf(
            VolumeReader.GetFile(read, VolumeCatalog.Get<NetworkFileSystemId>(read, caller, request.SharedVolumeId), path)));
        if (content.SizeBytes > InlineBytesMax)
        {
            Digest whole = store.Read(read => ContentRows.FindWholeDigest(read, content.Id)) ?? content.Id;
            BlobRecord blob = await blobs.AdoptAsync(caller.WorkspaceId, contents.Reader.PathOf(content), whole);
            return new SharedVolumeGetFileResponse { DataBlobId = blob.Id.Text };
        }

        await using Stream bytes = contents.Reader.Open(content);
        return new SharedVolumeGetFileResponse { Data = await ByteString.FromStreamAsync(bytes, context.CancellationToken) };
    }

    public override Task SharedVolumeListFilesStream(
        SharedVolumeListFilesRequest request, IServerStreamWriter<SharedVolumeListFilesResponse> responseStream, ServerCallContext context) =>
        ListAsync(request, context, responseStream.WriteAsync);

    public override async Task<SharedVolumeListFilesResponse> SharedVolumeListFiles(SharedVolumeListFilesRequest request, ServerCallContext context)
    {
        var all = new SharedVolumeListFilesResponse();
        await ListAsync(request, context, page =>
        {
            all.Entries.AddRange(page.Entries);
            return Task.CompletedTask;
        });
        return all;
    }

    public override async Task<Empty> SharedVolumeRemoveFile(SharedVolumeRemoveFileRequest request, ServerCallContext context)
    {
        if (store.FindReply<Empty>(context, request) is { } given)
        {
            return given;
        }

        VolumePath path = VolumePath.Read(request.Path);
        EnsureThere(context.GetCaller(), request.SharedVolumeId);
        await committer.CommitAsync(
            request.SharedVolumeId,
            scope => RemovePath.Steps(scope, path, request.Recursive),
            write => write.RememberReply(context, request, new Empty()),
            context.CancellationToken);
        return new Empty();
    }

    private static IEnumerable<CommitStep> Put(CommitScope scope, VolumePath path, FileContent content)
    {
        scope.PutFile(path, content, FileMode);
        yield return default;
    }

    private async Task ListAsync(
        SharedVolumeListFilesRequest request, ServerCallContext context, Func<SharedVolumeListFilesResponse, Task> send)
    {
        Caller caller = context.GetCaller();
        PathPattern pattern = PathPattern.Read(request.Path);
        using VersionPin pin = pins.Pin(read => VolumeCatalog.Get<NetworkFileSystemId>(read, caller, request.SharedVolumeId));
        foreach (List<VolumeEntryRecord> page in new VolumeReader(store).List(pin, pattern.Root, pattern.IsRecursive))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var response = new SharedVolumeListFilesResponse();
            response.Entries.AddRange(page.Where(entry => pattern.Matches(entry.Path)).Select(FileEntries.Describe));
            await send(response);
        }
    }

    private async Task<ContentLease> TakeAsync(SharedVolumePutFileRequest request, ServerCallContext context)
    {
        Digest? expected = Digest.TryReadHex(request.Sha256Hex, out Digest whole) ? whole : null;
        switch (request.DataOneofCase)
        {
            case SharedVolumePutFileRequest.DataOneofOneofCase.DataBlobId:
                BlobRecord blob = blobs.Get(context.GetCaller(), request.DataBlobId);
                string path = contents.Importer.NewPath();
                blobs.LinkTo(blob.Id, path);
                return await contents.Importer.ImportFileAsync(path, expected, context.CancellationToken);
            case SharedVolumePutFileRequest.DataOneofOneofCase.Data:
                return await contents.Importer.ImportAsync(request.Data.Memory, expected, context.CancellationToken);
            default:
                throw new ApplianceException(ErrorKind.InvalidArgument, $"'{request.Path}' came without its bytes: send them, or the id of a blob that holds them.");
        }
    }

    private void EnsureThere(Caller caller, string id) => store.Read(read => VolumeCatalog.Get<NetworkFileSystemId>(read, caller, id));
}
