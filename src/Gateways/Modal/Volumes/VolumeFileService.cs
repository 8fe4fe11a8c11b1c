using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Transfers;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Contents;
using Appliance.Metadata.Volumes;
using Appliance.Protos.Modal;
using Appliance.Volumes;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Volumes;

/// <summary>Looks into volumes: listings, and files as links to their blocks.</summary>
public sealed class VolumeFileService(
    MetadataStore store, VersionPins pins, ContentStore contents, BlockLinks links, PublicAddress address)
    : ModalClient.ModalClientBase
{
    /// <summary>What fits into one message; more is fetched by links.</summary>
    private const long InlineBytesMax = 64 * 1024 * 1024;

    public override Task VolumeListFiles(
        VolumeListFilesRequest request, IServerStreamWriter<VolumeListFilesResponse> responseStream, ServerCallContext context) =>
        ListAsync(
            context, request.VolumeId, request.Path, request.Recursive, request.HasMaxEntries ? request.MaxEntries : uint.MaxValue,
            entries =>
            {
                var batch = new VolumeListFilesResponse();
                batch.Entries.AddRange(entries);
                return responseStream.WriteAsync(batch);
            });

    public override Task VolumeListFiles2(
        VolumeListFiles2Request request, IServerStreamWriter<VolumeListFiles2Response> responseStream, ServerCallContext context) =>
        ListAsync(
            context, request.VolumeId, request.Path, request.Recursive, request.HasMaxEntries ? request.MaxEntries : uint.MaxValue,
            entries =>
            {
                var batch = new VolumeListFiles2Response();
                batch.Entries.AddRange(entries);
                return responseStream.WriteAsync(batch);
            });

    public override Task<VolumeGetFile2Response> VolumeGetFile2(VolumeGetFile2Request request, ServerCallContext context)
    {
        FileContent content = FindFile(context.GetCaller(), request.VolumeId, request.Path);
        FilePart part = FilePart.Of(content.SizeBytes, request.Start, request.Len);
        var response = new VolumeGetFile2Response { Size = (ulong)content.SizeBytes, Start = (ulong)part.Start, Len = (ulong)part.Length };
        IReadOnlyList<Digest> blocks = BlocksOf(content);
        foreach ((int index, int offset, int length) in part.Blocks())
        {
            var slot = new BlockSlot(content.Id, content.SizeBytes, index, blocks[index]);
            response.GetUrls.Add(address.HttpUrl(context, links.GetPath(slot, offset, length)));
        }

        return Task.FromResult(response);
    }

    public override async Task<VolumeGetFileResponse> VolumeGetFile(VolumeGetFileRequest request, ServerCallContext context)
    {
        FileContent content = FindFile(context.GetCaller(), request.VolumeId, request.Path);
        FilePart part = FilePart.Of(content.SizeBytes, request.Start, request.Len);
        if (part.Length > InlineBytesMax)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"{part.Length} bytes of '{request.Path}' do not fit into one answer: ask for at most {InlineBytesMax}, or use VolumeGetFile2.");
        }

        using Stream whole = contents.Reader.Open(content, part.Start, part.Length);
        return new VolumeGetFileResponse
        {
            Data = await ByteString.FromStreamAsync(whole, context.CancellationToken),
            Size = (ulong)content.SizeBytes,
            Start = (ulong)part.Start,
            Len = (ulong)part.Length,
        };
    }

    private async Task ListAsync(
        ServerCallContext context, string volumeId, string path, bool isRecursive, uint countMax, Func<IEnumerable<FileEntry>, Task> send)
    {
        Caller caller = context.GetCaller();
        VolumePath place = VolumePath.Read(path);
        using VersionPin pin = pins.Pin(read => VolumeCatalog.Get<VolumeId>(read, caller, volumeId));
        long left = countMax;
        foreach (List<VolumeEntryRecord> page in new VolumeReader(store).List(pin, place, isRecursive))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            await send(page.Take((int)Math.Min(left, int.MaxValue)).Select(FileEntries.Describe));
            left -= page.Count;
            if (left <= 0)
            {
                return;
            }
        }
    }

    private FileContent FindFile(Caller caller, string volumeId, string path) => store.Read(read => VolumeEntry.ContentOf(
        VolumeReader.GetFile(read, VolumeCatalog.Get<VolumeId>(read, caller, volumeId), VolumePath.Read(path))));

    private IReadOnlyList<Digest> BlocksOf(FileContent content) => content.Form switch
    {
        ContentForm.Empty => [],
        ContentForm.Block => [content.Id],
        _ => store.Read(read => ContentRows.Find(read, content.Id))?.Blocks
            ?? throw new ApplianceException(ErrorKind.Unavailable, "The file was replaced while it was looked up: ask again."),
    };
}
