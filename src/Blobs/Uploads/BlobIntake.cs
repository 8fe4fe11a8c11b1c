using System.Buffers;
using System.Security.Cryptography;
using Appliance.Blobs.Files;
using Appliance.Core.Digests;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Blobs.Uploads;

/// <summary>
/// Takes bytes in: hashes and writes one large chunk while the next one arrives, so that memory stays flat and neither
/// waits for the other.
/// </summary>
internal sealed class BlobIntake : IDisposable
{
    private const int ChunkBytes = 1024 * 1024;
    private const int WritebackBytes = 32 * 1024 * 1024;

    private readonly BlobFiles files;
    private readonly IncrementalHash? md5;
    private readonly IncrementalHash? sha256;
    private byte[] filling = ArrayPool<byte>.Shared.Rent(ChunkBytes);
    private byte[] leaving = ArrayPool<byte>.Shared.Rent(ChunkBytes);

    private BlobIntake(BlobFiles files, IncrementalHash? md5, IncrementalHash? sha256)
    {
        this.files = files;
        this.md5 = md5;
        this.sha256 = sha256;
    }

    /// <summary>16 bytes, of everything that came; empty when it is not asked for.</summary>
    public byte[] Md5 { get; private set; } = [];

    /// <summary>Of everything that came; nothing when it is not asked for.</summary>
    public Digest Sha256 { get; private set; }

    public long LengthBytes { get; private set; }

    public static BlobIntake OfBlob(BlobFiles files) => new(files, NewHash(HashAlgorithmName.MD5), NewHash(HashAlgorithmName.SHA256));

    /// <summary>Without the SHA-256, which says nothing about the blob.</summary>
    public static BlobIntake OfPart(BlobFiles files) => new(files, NewHash(HashAlgorithmName.MD5), null);

    /// <summary>Without the MD5, for what is on disk already.</summary>
    public static BlobIntake OfDigest(BlobFiles files) => new(files, null, NewHash(HashAlgorithmName.SHA256));

    /// <summary>Reads the source to its end, but not further than one byte beyond the limit.</summary>
    /// <param name="source">What comes.</param>
    /// <param name="target">Where it is written; null to hash it only.</param>
    /// <param name="offset">Of the first byte in the target.</param>
    /// <param name="lengthMax">Bytes beyond it are counted and not written.</param>
    /// <param name="cancellation">Gives up; what was written stays.</param>
    /// <exception cref="Core.Errors.ApplianceException">ResourceExhausted: the disk is full.</exception>
    public async Task ReadAsync(Stream source, SafeFileHandle? target, long offset, long lengthMax, CancellationToken cancellation)
    {
        Task leavingTask = Task.CompletedTask;
        try
        {
            while (LengthBytes <= lengthMax)
            {
                int count = await source.ReadAtLeastAsync(filling.AsMemory(0, ChunkBytes), ChunkBytes, throwOnEndOfStream: false, cancellation)
                    .ConfigureAwait(false);
                await leavingTask.ConfigureAwait(false);
                long position = offset + LengthBytes;
                LengthBytes += count;
                if (count == 0 || LengthBytes > lengthMax)
                {
                    break;
                }

                (filling, leaving) = (leaving, filling);
                leavingTask = Task.Run(() => TakeAsync(leaving.AsMemory(0, count), target, position), CancellationToken.None);
            }

            await leavingTask.ConfigureAwait(false);
        }
        finally
        {
            // The buffer is in use until then, whatever happened here.
            await leavingTask.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Md5 = md5?.GetHashAndReset() ?? [];
        Sha256 = sha256 is null ? default : Digest.FromBytes(sha256.GetHashAndReset());
    }

    public void Dispose()
    {
        md5?.Dispose();
        sha256?.Dispose();
        ArrayPool<byte>.Shared.Return(filling);
        ArrayPool<byte>.Shared.Return(leaving);
    }

    private static IncrementalHash NewHash(HashAlgorithmName name) => IncrementalHash.CreateHash(name);

    private async Task TakeAsync(ReadOnlyMemory<byte> chunk, SafeFileHandle? target, long position)
    {
        Task digestTask = sha256 is null ? Task.CompletedTask : Task.Run(() => sha256.AppendData(chunk.Span));
        try
        {
            if (target is not null)
            {
                Write(chunk.Span, target, position);
            }

            md5?.AppendData(chunk.Span);
        }
        finally
        {
            await digestTask.ConfigureAwait(false);
        }
    }

    private void Write(ReadOnlySpan<byte> chunk, SafeFileHandle target, long position)
    {
        try
        {
            RandomAccess.Write(target, chunk, position);
        }
        catch (IOException failure) when (BlobErrors.IsDiskFull(failure))
        {
            throw files.DescribeFull(failure);
        }

        // The sync at the end then has little left to wait for.
        if (position % WritebackBytes >= WritebackBytes - ChunkBytes)
        {
            PosixFile.StartWriteback(target);
        }
    }
}
