using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Transfers;
using Appliance.Metadata;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;
using Appliance.Protos.Modal;
using Appliance.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Volumes;

/// <summary>
/// Files on their way into volumes. In format 2 a client describes its files, sends the blocks that are missing, and
/// describes them again; the second time nothing may be missing (contracts/modal.md §6). In format 1 it sends whole
/// files first, as for mounts.
/// </summary>
public sealed class VolumeUploadService(
    MetadataStore store, VolumeCommitter committer, ContentStore contents, BlockLinks links, PublicAddress address)
    : ModalClient.ModalClientBase
{
    private const int DefaultMode = 0x1A4;
    private const int ModeMask = 0xFFF;

    public override async Task<VolumePutFiles2Response> VolumePutFiles2(VolumePutFiles2Request request, ServerCallContext context)
    {
        if (store.FindReply<VolumePutFiles2Response>(context, request) is { } given)
        {
            return given;
        }

        FileToPut[] files = [.. request.Files.Select(file => new FileToPut(
            VolumePath.ReadFile(file.Path), ReadShape(file), ModeOf(file.HasMode, file.Mode)))];
        RefuseOverwrites(context, request.VolumeId, files.Select(file => file.Path), request.DisallowOverwriteExistingFiles);
        VolumePutFiles2Response missing = await FindMissingAsync(context, files);
        return missing.MissingBlocks.Count > 0 ? missing : await TakeAsync(request, files, context);
    }

    public override async Task<Empty> VolumePutFiles(VolumePutFilesRequest request, ServerCallContext context)
    {
        if (store.FindReply<Empty>(context, request) is { } given)
        {
            return given;
        }

        var leases = new List<ContentLease>(request.Files.Count);
        try
        {
            (VolumePath Path, FileContent Content, int Mode)[] files = new (VolumePath, FileContent, int)[request.Files.Count];
            for (int index = 0; index < files.Length; index++)
            {
                MountFile file = request.Files[index];
                VolumePath path = VolumePath.ReadFile(file.Filename);
                leases.Add(await FindWholeAsync(path, file.Sha256Hex, context.CancellationToken));
                files[index] = (path, leases[^1].Content, ModeOf(file.HasMode, file.Mode));
            }

            bool mustBeNew = request.DisallowOverwriteExistingFiles;
            RefuseOverwrites(context, request.VolumeId, files.Select(file => file.Path), mustBeNew);
            await committer.CommitAsync(
                request.VolumeId,
                scope => PutSteps(scope, files, mustBeNew),
                write => write.RememberReply(context, request, new Empty()),
                context.CancellationToken);
            return new Empty();
        }
        finally
        {
            leases.ForEach(lease => lease.Dispose());
        }
    }

    private static FileShape ReadShape(VolumePutFiles2Request.Types.File file)
    {
        if (file.Blocks.FirstOrDefault(block => block.ContentsSha256.Length != Digest.LengthBytes) is { } wrong)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"A block of '{file.Path}' has a digest of {wrong.ContentsSha256.Length} bytes; SHA-256 has {Digest.LengthBytes}.");
        }

        return new FileShape((long)Math.Min(file.Size, long.MaxValue), [.. file.Blocks.Select(block => Digest.FromBytes(block.ContentsSha256.Span))]);
    }

    private static int ModeOf(bool hasMode, uint mode) => hasMode ? (int)mode & ModeMask : DefaultMode;

    private static IEnumerable<CommitStep> PutSteps(
        CommitScope scope, IEnumerable<(VolumePath Path, FileContent Content, int Mode)> files, bool mustBeNew)
    {
        foreach ((VolumePath path, FileContent content, int mode) in files)
        {
            // Looked up again: another commit may have come in between.
            if (mustBeNew && VolumeReader.Find(scope.Write, scope.Before, path) is not null)
            {
                throw AlreadyThere(path);
            }

            scope.PutFile(path, content, mode);
            yield return default;
        }
    }

    private static ApplianceException AlreadyThere(VolumePath path) => new(
        ErrorKind.AlreadyExists, $"'{path}' already exists in the volume: overwrite it with 'force', or choose another path.");

    private void RefuseOverwrites(ServerCallContext context, string volumeId, IEnumerable<VolumePath> paths, bool mustBeNew) => store.Read(read =>
    {
        VolumeRecord volume = VolumeCatalog.Get<VolumeId>(read, context.GetCaller(), volumeId);
        VolumePath? present = mustBeNew
            ? paths.Cast<VolumePath?>().FirstOrDefault(path => VolumeReader.Find(read, volume, path!.Value) is not null)
            : null;
        return present is { } taken ? throw AlreadyThere(taken) : true;
    });

    private async Task<VolumePutFiles2Response> FindMissingAsync(ServerCallContext context, FileToPut[] files)
    {
        var response = new VolumePutFiles2Response();
        HashSet<Digest> asked = [];
        long missingBytes = 0;
        for (int file = 0; file < files.Length; file++)
        {
            FileShape shape = files[file].Shape;
            if (shape.Blocks.Count == 0 || !asked.Add(shape.Blocks.Count == 1 ? shape.Blocks[0] : shape.Id))
            {
                continue;
            }

            foreach (int block in await contents.FindMissingAsync(shape, context.CancellationToken))
            {
                var slot = new BlockSlot(shape.Id, shape.SizeBytes, block, shape.Blocks[block]);
                missingBytes += FileShape.LengthOfBlock(shape.SizeBytes, block);
                response.MissingBlocks.Add(new VolumePutFiles2Response.Types.MissingBlock
                {
                    FileIndex = (ulong)file,
                    BlockIndex = (ulong)block,
                    PutUrl = address.HttpUrl(context, links.PutPath(slot)),
                });
            }
        }

        contents.EnsureRoom(missingBytes);
        return response;
    }

    private async Task<VolumePutFiles2Response> TakeAsync(VolumePutFiles2Request request, FileToPut[] files, ServerCallContext context)
    {
        var leases = new List<ContentLease>(files.Length);
        try
        {
            foreach (FileToPut file in files)
            {
                leases.Add(await contents.TryTakeAsync(file.Shape, context.CancellationToken)
                    ?? throw new ApplianceException(ErrorKind.Unavailable, $"Blocks of '{file.Path}' were removed meanwhile: upload it again."));
            }

            var response = new VolumePutFiles2Response();
            await committer.CommitAsync(
                request.VolumeId,
                scope => PutSteps(
                    scope, files.Zip(leases, (file, lease) => (file.Path, lease.Content, file.Mode)), request.DisallowOverwriteExistingFiles),
                write => write.RememberReply(context, request, response),
                context.CancellationToken);
            return response;
        }
        finally
        {
            leases.ForEach(lease => lease.Dispose());
        }
    }

    private async Task<ContentLease> FindWholeAsync(VolumePath path, string sha256Hex, CancellationToken cancellation)
    {
        if (!Digest.TryReadHex(sha256Hex, out Digest whole))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{sha256Hex}', given for '{path}', is no SHA-256 value of 64 hexadecimal digits.");
        }

        return await contents.Importer.TryFindWholeAsync(whole, cancellation)
            ?? throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"The content of '{path}' (SHA-256 '{whole}') has not been uploaded: send it with MountPutFile first.");
    }

    private sealed record FileToPut(VolumePath Path, FileShape Shape, int Mode);
}
