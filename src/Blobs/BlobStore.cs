using Appliance.Blobs.Files;
using Appliance.Blobs.Uploads;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Blobs;
using Appliance.Metadata.Transactions;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Blobs;

/// <summary>
/// Payloads of any size that travel outside of messages: inputs and outputs of functions, files of mounts. Each is one
/// immutable file. A blob is removed some days after it was stored, unless it is pinned; whoever needs its bytes for
/// longer pins it or links its file to a place of their own.
/// </summary>
public sealed class BlobStore : IAsyncDisposable
{
    public const string DirectoryName = "blobs";

    /// <summary>How long an upload may take, and how long one that never ends is kept.</summary>
    public static readonly TimeSpan UploadLife = TimeSpan.FromHours(12);

    /// <summary>How long a stored blob is kept that nothing pins.</summary>
    public static readonly TimeSpan StoredLife = TimeSpan.FromDays(7);

    private readonly MetadataStore store;
    private readonly BlobFiles files;
    private readonly BlobReaper reaper;

    private BlobStore(MetadataStore store, BlobFiles files, BlobReaper reaper)
    {
        this.store = store;
        this.files = files;
        this.reaper = reaper;
        Uploads = new BlobUploads(store, files);
    }

    public BlobUploads Uploads { get; }

    /// <param name="store">Where the rows are; holds the lock of the data directory.</param>
    /// <param name="directory">Where the files are; made if need be.</param>
    /// <param name="clock">Decides what has expired.</param>
    /// <param name="report">Told what went wrong in the background; it is tried again.</param>
    public static BlobStore Open(MetadataStore store, string directory, TimeProvider clock, Action<Exception> report)
    {
        BlobFiles files = BlobFiles.Open(directory);
        foreach (BlobId id in files.ListPartial().Where(id => store.Read(read => BlobRows.Find(read, id)) is null).ToArray())
        {
            files.DeletePartial(id);
        }

        return new BlobStore(store, files, new BlobReaper(store, files, clock, report));
    }

    /// <summary>Makes ready for a blob that is going to be announced under this id with <see cref="Announce"/>.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: the length. ResourceExhausted: it cannot fit on the disk.</exception>
    public void Prepare(BlobId id, BlobDeclaration declaration)
    {
        if (declaration.LengthBytes < 0)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"A blob cannot have {declaration.LengthBytes} bytes: send its length.");
        }

        files.EnsureSpace(declaration.LengthBytes);
        if (PartPlan.PartLengthOf(declaration) is not null)
        {
            files.CreatePartial(id, declaration.LengthBytes);
        }
    }

    /// <summary>Takes <see cref="Prepare"/> back, when nothing was announced.</summary>
    public void Unprepare(BlobId id) => files.DeletePartial(id);

    /// <summary>From now on the blob may be uploaded.</summary>
    public static BlobRecord Announce(WriteTransaction write, Caller caller, BlobId id, BlobDeclaration declaration)
    {
        long? partLength = PartPlan.PartLengthOf(declaration);
        var blob = new BlobRecord(
            id,
            caller.WorkspaceId,
            BlobState.Awaited,
            declaration.LengthBytes,
            partLength,
            declaration.Md5,
            declaration.Sha256,
            ETag: null,
            write.Now,
            write.Now + UploadLife);
        BlobRows.Add(write, blob);
        return blob;
    }

    /// <summary>A stored blob of the caller's workspace.</summary>
    /// <exception cref="ApplianceException">NotFound: it is not there, or was never uploaded. InvalidArgument: no blob id.</exception>
    public static BlobRecord Get(ReadTransaction read, Caller caller, string id)
    {
        BlobId typed = ObjectId.Read<BlobId>(id);
        BlobRecord? blob = BlobRows.Find(read, typed);
        if (blob is null || blob.WorkspaceId != caller.WorkspaceId)
        {
            throw BlobErrors.Unknown(typed);
        }

        return blob.State == BlobState.Stored ? blob : throw BlobErrors.NotUploaded(typed);
    }

    /// <inheritdoc cref="Get(ReadTransaction, Caller, string)"/>
    public BlobRecord Get(Caller caller, string id) => store.Read(read => Get(read, caller, id));

    /// <summary>Keeps a stored blob for as long as it is pinned; count pins in the transaction that stores the reason.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public static void Pin(WriteTransaction write, BlobId id)
    {
        if (!BlobRows.Pin(write, id))
        {
            throw BlobErrors.Unknown(id);
        }
    }

    /// <summary>Takes one pin away.</summary>
    /// <exception cref="InvalidOperationException">There was none: some reason was counted wrongly.</exception>
    public static void Unpin(WriteTransaction write, BlobId id)
    {
        if (!BlobRows.Unpin(write, id))
        {
            throw new InvalidOperationException($"Blob '{id}' has no pin to take away.");
        }
    }

    /// <exception cref="ApplianceException">NotFound. DataLoss: its file is gone.</exception>
    public OpenBlob OpenRead(BlobId id)
    {
        BlobRecord blob = GetStored(id);
        SafeFileHandle handle = files.TryOpenContent(id) ?? throw Missing(id);
        return new OpenBlob(handle, blob.LengthBytes, blob.Sha256!.Value, blob.ETag!);
    }

    /// <summary>
    /// Gives the file of a blob a further name, on the same file system, without a copy: the bytes stay there when the
    /// blob goes. The file is read-only and must never be written. Its bytes are durable; the new name is once the caller
    /// has synced its directory.
    /// </summary>
    /// <exception cref="ApplianceException">NotFound. DataLoss: its file is gone.</exception>
    /// <exception cref="IOException">HResult is the errno: 17 when the name is taken, 18 on another file system.</exception>
    public void LinkTo(BlobId id, string path)
    {
        GetStored(id);
        if (!File.Exists(files.ContentPath(id)))
        {
            throw Missing(id);
        }

        PosixFile.Link(files.ContentPath(id), path);
    }

    /// <summary>Stores bytes of the server's own making.</summary>
    /// <exception cref="ApplianceException">ResourceExhausted: the disk is full.</exception>
    public async Task<BlobRecord> StoreAsync(WorkspaceId workspace, Stream source, CancellationToken cancellation)
    {
        var id = ObjectId.Mint<BlobId>();
        using BlobIntake intake = BlobIntake.OfBlob(files);
        using TemporaryBlob temporary = files.CreateTemporary();
        await intake.ReadAsync(source, temporary.Handle, 0, long.MaxValue, cancellation).ConfigureAwait(false);
        return await AddAsync(
            id, workspace, intake.LengthBytes, intake.Sha256, Convert.ToHexStringLower(intake.Md5), () => files.Publish(temporary, id)).ConfigureAwait(false);
    }

    /// <summary>Makes a blob of a file on the same file system without a copy. The file must never be written again.</summary>
    /// <param name="workspace">Whose blob it is.</param>
    /// <param name="path">Whole, and on disk.</param>
    /// <param name="sha256">Of its bytes; also serves as the ETag.</param>
    public Task<BlobRecord> AdoptAsync(WorkspaceId workspace, string path, Digest sha256)
    {
        var id = ObjectId.Mint<BlobId>();
        return AddAsync(id, workspace, new FileInfo(path).Length, sha256, sha256.ToString(), () => files.Adopt(path, id));
    }

    /// <summary>What blobs take; reads all their rows.</summary>
    public BlobUsage ReadUsage() => store.Read(BlobRows.ReadUsage);

    /// <summary>Removes all that is due now.</summary>
    public Task ReapAsync(CancellationToken cancellation) => reaper.ReapAsync(cancellation);

    public ValueTask DisposeAsync() => reaper.DisposeAsync();

    /// <summary>The row comes first: a file that a crash left without one would never be removed.</summary>
    private async Task<BlobRecord> AddAsync(
        BlobId id, WorkspaceId workspace, long lengthBytes, Digest sha256, string etag, Action publish)
    {
        BlobRecord awaited = await store.WriteAsync(write =>
        {
            var blob = new BlobRecord(
                id, workspace, BlobState.Awaited, lengthBytes, null, null, sha256, null, write.Now, write.Now + UploadLife);
            BlobRows.Add(write, blob);
            return blob;
        }).ConfigureAwait(false);
        publish();
        DateTimeOffset expiresAt = await Uploads.MarkStoredAsync(id, sha256, etag).ConfigureAwait(false);
        return awaited with { State = BlobState.Stored, ETag = etag, ExpiresAt = expiresAt };
    }

    private BlobRecord GetStored(BlobId id)
    {
        BlobRecord blob = store.Read(read => BlobRows.Find(read, id)) ?? throw BlobErrors.Unknown(id);
        return blob.State == BlobState.Stored ? blob : throw BlobErrors.NotUploaded(id);
    }

    /// <summary>The file went while we looked, or it is lost.</summary>
    private ApplianceException Missing(BlobId id) => store.Read(read => BlobRows.Find(read, id)) is null
        ? BlobErrors.Unknown(id)
        : BlobErrors.FileMissing(id, files.ContentPath(id));
}
