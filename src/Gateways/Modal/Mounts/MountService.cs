using Appliance.Blobs;
using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Blobs;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Mounts;
using Appliance.Mounts.Clients;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Grpc.Core;
using File = Appliance.Mounts.MountFile;
using MountFile = Appliance.Protos.Modal.MountFile;

namespace Appliance.Gateways.Modal.Mounts;

/// <summary>
/// Mounts. A client asks which files are missing, sends those, and then describes the mount by the digests of its files
/// (contracts/modal.md §2). Volumes of format 1 get their files the same way.
/// </summary>
public sealed class MountService(MetadataStore store, ContentStore contents, BlobStore blobs) : ModalClient.ModalClientBase
{
    private const int DefaultMode = 0x1A4;
    private const int ModeMask = 0xFFF;

    /// <summary>What <c>add_python=</c> looks up begins with this.</summary>
    private const string StandalonePython = "python-build-standalone.";

    /// <summary>No heartbeat exists for mounts; this outlives the longest build that may use one.</summary>
    private static readonly TimeSpan EphemeralLife = TimeSpan.FromDays(2);

    public override async Task<MountBatchedCheckExistenceResponse> MountBatchedCheckExistence(
        MountBatchedCheckExistenceRequest request, ServerCallContext context)
    {
        var response = new MountBatchedCheckExistenceResponse();
        foreach (string hex in request.Sha256HexHashes)
        {
            using ContentLease? lease = await contents.Importer.TryFindWholeAsync(ReadDigest(hex), context.CancellationToken);
            if (lease is null)
            {
                response.MissingSha256HexHashes.Add(hex);
            }
        }

        return response;
    }

    public override async Task<MountPutFileResponse> MountPutFile(MountPutFileRequest request, ServerCallContext context)
    {
        Digest whole = ReadDigest(request.Sha256Hex);
        switch (request.DataOneofCase)
        {
            case MountPutFileRequest.DataOneofOneofCase.None:
                using (ContentLease? lease = await contents.Importer.TryFindWholeAsync(whole, context.CancellationToken))
                {
                    return new MountPutFileResponse { Exists = lease is not null };
                }

            case MountPutFileRequest.DataOneofOneofCase.Data:
                (await contents.Importer.ImportAsync(request.Data.Memory, whole, context.CancellationToken)).Dispose();
                return new MountPutFileResponse { Exists = true };
            default:
                (await TakeBlobAsync(request.DataBlobId, whole, context)).Dispose();
                return new MountPutFileResponse { Exists = true };
        }
    }

    public override async Task<MountGetOrCreateResponse> MountGetOrCreate(MountGetOrCreateRequest request, ServerCallContext context)
    {
        CheckGlobal(request, context.GetCaller());
        var files = new List<File>(request.Files.Count);
        var leases = new List<ContentLease>(request.Files.Count);
        try
        {
            foreach (MountFile file in request.Files)
            {
                string path = MountDirectory.CheckPath(file.Filename);
                Digest whole = ReadDigest(file.Sha256Hex);
                leases.Add(await contents.Importer.TryFindWholeAsync(whole, context.CancellationToken)
                    ?? throw new ApplianceException(
                        ErrorKind.FailedPrecondition, $"The content of '{path}' (SHA-256 '{whole}') has not been uploaded: send it with MountPutFile first."));
                files.Add(new File(path, file.HasMode ? (int)file.Mode & ModeMask : DefaultMode, whole, leases[^1].Content));
            }

            return await store.GetOrCreateAsync<MountId, MountGetOrCreateResponse>(
                context, request, ReadRequest(request), (write, record) => MountDirectory.Create(write, record, files), Answer);
        }
        finally
        {
            leases.ForEach(lease => lease.Dispose());
        }
    }

    /// <summary>Who looks for what only the vendor's own service has, or for a version of the client that is not here, gets to know what to do.</summary>
    private void CheckGlobal(MountGetOrCreateRequest request, Caller caller)
    {
        string name = request.DeploymentName;
        bool isClient = name.StartsWith(ClientLibraries.ClientPrefix, StringComparison.Ordinal);
        if (request.ObjectCreationType != ObjectCreationType.Unspecified
            || !(isClient || name.StartsWith(StandalonePython, StringComparison.Ordinal))
            || store.Read(read => ObjectDirectory.Find<MountId>(read, caller, "", name)) is not null)
        {
            return;
        }

        if (!isClient)
        {
            throw new ApplianceException(
                ErrorKind.NotFound,
                "add_python= wants a Python that this appliance does not have. Leave it out, and name an image that has Python 3 itself, such as Image.debian_slim() or Image.from_registry(\"python:3.11\").");
        }

        string[] versions = [.. store.Read(read => ClientLibraries.Versions(read, caller.WorkspaceId))];
        string version = name[ClientLibraries.ClientPrefix.Length..];
        throw new ApplianceException(
            ErrorKind.NotFound,
            $"Functions need the libraries of your Modal client, version {version}, on the appliance: run 'pip download -d DIR modal=={version}' and, on the box, 'appliance client add DIR'. "
            + (versions.Length > 0 ? $"It has those of {string.Join(", ", versions)}." : "It has none yet."));
    }

    /// <summary>Makes the blob's own file the content: nothing is copied.</summary>
    private Task<ContentLease> TakeBlobAsync(string blobId, Digest whole, ServerCallContext context)
    {
        BlobRecord blob = blobs.Get(context.GetCaller(), blobId);
        string path = contents.Importer.NewPath();
        blobs.LinkTo(blob.Id, path);
        return contents.Importer.ImportFileAsync(path, whole, context.CancellationToken);
    }

    private static ObjectRequest ReadRequest(MountGetOrCreateRequest request)
    {
        // What is global belongs to the whole appliance, and so to the environment that every client knows.
        string environment = request.Namespace == DeploymentNamespace.Global ? "" : request.EnvironmentName;
        return ObjectCalls.ToRequest(request.DeploymentName, environment, request.ObjectCreationType, request.AppId) with { Life = EphemeralLife };
    }

    private static MountGetOrCreateResponse Answer(ReadTransaction read, ObjectRecord record) => new()
    {
        MountId = record.Id,
        HandleMetadata = new MountHandleMetadata { ContentChecksumSha256Hex = MountDirectory.ChecksumOf(read, record).ToString() },
    };

    private static Digest ReadDigest(string hex) => Digest.TryReadHex(hex, out Digest digest)
        ? digest
        : throw new ApplianceException(
            ErrorKind.InvalidArgument, $"'{(hex.Length > 80 ? hex[..80] + "…" : hex)}' is no SHA-256 value of 64 hexadecimal digits.");
}
