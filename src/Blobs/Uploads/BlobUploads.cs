using Appliance.Blobs.Files;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Blobs;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Blobs.Uploads;

/// <summary>
/// Receives the bytes of blobs that were announced. What it answers for is on disk; what fails leaves nothing behind
/// and, of a blob that comes as one, may be sent again.
/// </summary>
public sealed class BlobUploads
{
    private readonly MetadataStore store;
    private readonly BlobFiles files;
    private readonly UploadTurns turns = new();

    internal BlobUploads(MetadataStore store, BlobFiles files)
    {
        this.store = store;
        this.files = files;
    }

    /// <summary>Takes a whole blob. The same bytes may come twice.</summary>
    /// <param name="id">The blob.</param>
    /// <param name="source">Its bytes; read to the end.</param>
    /// <param name="md5">What the request says about them, 16 bytes; null when it says nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The hexadecimal MD5 of the bytes.</returns>
    /// <exception cref="ApplianceException">
    /// NotFound. InvalidArgument: the bytes are not those announced, or come in parts. FailedPrecondition: others are
    /// stored already. ResourceExhausted: the disk is full.
    /// </exception>
    public async Task<string> PutAsync(BlobId id, Stream source, byte[]? md5, CancellationToken cancellation)
    {
        BlobRecord blob = Find(id);
        if (blob.PartLengthBytes is not null)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Blob '{id}' comes in parts: send each to its own link.");
        }

        using BlobIntake intake = BlobIntake.OfBlob(files);
        using TemporaryBlob? temporary = blob.State == BlobState.Stored ? null : files.CreateTemporary();
        await intake.ReadAsync(source, temporary?.Handle, 0, blob.LengthBytes, cancellation).ConfigureAwait(false);
        CheckWhole(blob, intake, md5);
        string etag = Convert.ToHexStringLower(intake.Md5);
        using IDisposable turn = await turns.TakeAsync(id, UploadTurns.Whole, cancellation).ConfigureAwait(false);
        blob = Find(id);
        if (blob.State == BlobState.Stored)
        {
            return blob.Sha256 == intake.Sha256 ? etag : throw BlobErrors.OtherContent(id);
        }

        files.Publish(temporary!, id);
        await MarkStoredAsync(id, intake.Sha256, etag).ConfigureAwait(false);
        return etag;
    }

    /// <summary>Takes a part of a blob. It may come again, also with other bytes, until the blob is complete.</summary>
    /// <param name="id">The blob.</param>
    /// <param name="number">Of the part, from 1.</param>
    /// <param name="source">Its bytes; read to the end.</param>
    /// <param name="md5">What the request says about them, 16 bytes; null when it says nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The hexadecimal MD5 of the part.</returns>
    /// <exception cref="ApplianceException">As for <see cref="PutAsync"/>.</exception>
    public async Task<string> PutPartAsync(BlobId id, int number, Stream source, byte[]? md5, CancellationToken cancellation)
    {
        if (Find(id).PartLengthBytes is null)
        {
            return number == 1
                ? await PutAsync(id, source, md5, cancellation).ConfigureAwait(false)
                : throw BlobErrors.NoSuchPart(id, number, 1);
        }

        using IDisposable turn = await turns.TakeAsync(id, number, cancellation).ConfigureAwait(false);
        BlobRecord blob = Find(id);
        (long offset, long length) = PartPlan.Locate(blob, number);
        byte[]? present = store.Read(read => BlobParts.Find(read, id, number));
        using BlobIntake intake = BlobIntake.OfPart(files);
        if (blob.State == BlobState.Stored)
        {
            await intake.ReadAsync(source, null, offset, length, cancellation).ConfigureAwait(false);
            return intake.Md5.AsSpan().SequenceEqual(present) ? Convert.ToHexStringLower(intake.Md5) : throw BlobErrors.OtherContent(id);
        }

        using SafeFileHandle file = OpenPartial(blob);
        if (present is not null)
        {
            await store.WriteAsync(write => BlobParts.Delete(write, id, number), cancellation).ConfigureAwait(false);
        }

        await ReceivePartAsync(blob, intake, source, file, (offset, length), cancellation).ConfigureAwait(false);
        CheckMd5(id, md5, intake);
        await store.WriteAsync(write => BlobParts.Write(write, id, number, intake.Md5), cancellation).ConfigureAwait(false);
        return Convert.ToHexStringLower(intake.Md5);
    }

    /// <summary>Makes a blob of its parts.</summary>
    /// <param name="id">The blob.</param>
    /// <param name="sent">The parts as the client knows them, with the MD5 of each, in order.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The ETag of the whole: the MD5 of the parts' MD5s, a dash, and how many they are.</returns>
    /// <exception cref="ApplianceException">As for <see cref="PutAsync"/>; also when parts are missing.</exception>
    public async Task<string> CompleteAsync(BlobId id, IReadOnlyList<(int Number, byte[] Md5)> sent, CancellationToken cancellation)
    {
        using IDisposable turn = await turns.TakeAsync(id, UploadTurns.Whole, cancellation).ConfigureAwait(false);
        BlobRecord blob = Find(id);
        IReadOnlyList<(int Number, byte[] Md5)> came = blob.PartLengthBytes is not null
            ? store.Read(read => BlobParts.List(read, id))
            : blob.ETag is { } whole ? [(1, Convert.FromHexString(whole))] : [];
        PartList.Check(blob, sent, came);
        string etag = PartList.ETagOf(came);
        if (blob.State == BlobState.Stored)
        {
            return etag;
        }

        Digest sha256 = await HashAsync(blob, cancellation).ConfigureAwait(false);
        if (blob.Sha256 is { } announced && announced != sha256)
        {
            files.DeletePartial(id);
            throw BlobErrors.WrongSha256(id);
        }

        if (!files.TryPublishPartial(id))
        {
            throw BlobErrors.GivenUp(id);
        }

        await MarkStoredAsync(id, sha256, etag).ConfigureAwait(false);
        return etag;
    }

    private async Task ReceivePartAsync(
        BlobRecord blob, BlobIntake intake, Stream source, SafeFileHandle file, (long Offset, long LengthBytes) place, CancellationToken cancellation)
    {
        try
        {
            await intake.ReadAsync(source, file, place.Offset, place.LengthBytes, cancellation).ConfigureAwait(false);
            if (intake.LengthBytes != place.LengthBytes)
            {
                throw BlobErrors.WrongLength(blob.Id, place.LengthBytes, intake.LengthBytes);
            }

            files.Sync(file, blob.Id);
        }
        catch (ApplianceException failure) when (failure.Kind == ErrorKind.ResourceExhausted)
        {
            // The parts that came would otherwise fill the disk until they expire. Without its file an upload cannot go on.
            files.DeletePartial(blob.Id);
            throw;
        }
    }

    private SafeFileHandle OpenPartial(BlobRecord blob)
    {
        if (files.TryOpenPartial(blob.Id) is { } file)
        {
            return file;
        }

        files.EnsureSpace(blob.LengthBytes);
        throw BlobErrors.GivenUp(blob.Id);
    }

    private async Task<Digest> HashAsync(BlobRecord blob, CancellationToken cancellation)
    {
        using SafeFileHandle file = files.TryOpenPartial(blob.Id) ?? files.TryOpenContent(blob.Id) ?? throw BlobErrors.GivenUp(blob.Id);
        using var source = new FileStream(file, FileAccess.Read, bufferSize: 0);
        using BlobIntake intake = BlobIntake.OfDigest(files);
        await intake.ReadAsync(source, null, 0, blob.LengthBytes, cancellation).ConfigureAwait(false);
        return intake.LengthBytes == blob.LengthBytes
            ? intake.Sha256
            : throw BlobErrors.WrongLength(blob.Id, blob.LengthBytes, intake.LengthBytes);
    }

    /// <summary>The bytes are on disk under their name; answers until when they stay.</summary>
    internal async Task<DateTimeOffset> MarkStoredAsync(BlobId id, Digest sha256, string etag)
    {
        try
        {
            return await store.WriteAsync(write =>
            {
                DateTimeOffset expiresAt = write.Now + BlobStore.StoredLife;
                return BlobRows.MarkStored(write, id, sha256, etag, expiresAt) ? expiresAt : throw BlobErrors.Unknown(id);
            }).ConfigureAwait(false);
        }
        catch (ApplianceException)
        {
            // No row will ever speak of the file, or the disk is full.
            files.Delete(id);
            throw;
        }
    }

    private BlobRecord Find(BlobId id) => store.Read(read => BlobRows.Find(read, id)) ?? throw BlobErrors.Unknown(id);

    private static void CheckWhole(BlobRecord blob, BlobIntake intake, byte[]? md5)
    {
        if (intake.LengthBytes != blob.LengthBytes)
        {
            throw BlobErrors.WrongLength(blob.Id, blob.LengthBytes, intake.LengthBytes);
        }

        CheckMd5(blob.Id, blob.Md5, intake);
        CheckMd5(blob.Id, md5, intake);
        if (blob.State == BlobState.Awaited && blob.Sha256 is { } announced && announced != intake.Sha256)
        {
            throw BlobErrors.WrongSha256(blob.Id);
        }
    }

    private static void CheckMd5(BlobId id, byte[]? announced, BlobIntake intake)
    {
        if (announced is not null && !announced.AsSpan().SequenceEqual(intake.Md5))
        {
            throw BlobErrors.WrongMd5(id);
        }
    }
}
