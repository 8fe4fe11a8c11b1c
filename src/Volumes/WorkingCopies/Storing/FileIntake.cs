using System.Buffers;
using Appliance.Blocks;
using Appliance.Contents;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Volumes.WorkingCopies.Storing;

/// <summary>Stores files to which somebody may be writing: as they were at one moment, or not at all.</summary>
internal sealed class FileIntake(ContentStore contents, TimeProvider clock)
{
    private const int AttemptsMax = 4;
    private const int AttemptsAtLargeMax = 2;
    private const long LargeBytes = 64L * 1024 * 1024;

    // Large files are usually written in one go; reading them before that ends would be for nothing.
    private static readonly TimeSpan RestOfLarge = TimeSpan.FromSeconds(5);

    /// <returns>Null when it has gone, or did not rest while it was read.</returns>
    public async Task<StoredFile?> TryStoreAsync(SealedDirectory changes, string path, bool isLikelyKnown, CommitOccasion occasion, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            using SafeFileHandle? file = changes.TryOpenFile(path);
            if (file is null || await TryFindRestAsync(file, path, occasion, cancellation).ConfigureAwait(false) is not { } before)
            {
                return null;
            }

            FileContent content = await StoreAsync(file, before.SizeBytes, isLikelyKnown, cancellation).ConfigureAwait(false);
            if (await IsWholeAsync(file, before, content, cancellation).ConfigureAwait(false))
            {
                return new StoredFile(content, before);
            }

            if (attempt == (before.SizeBytes > LargeBytes ? AttemptsAtLargeMax : AttemptsMax))
            {
                return null;
            }
        }
    }

    private async Task<FileStatus?> TryFindRestAsync(SafeFileHandle file, string path, CommitOccasion occasion, CancellationToken cancellation)
    {
        FileStatus status = FileStatus.Of(file);
        bool isBeingWritten = status.SizeBytes > LargeBytes && clock.GetUtcNow() - status.ChangedAt < RestOfLarge;
        return occasion switch
        {
            CommitOccasion.Final => status,
            CommitOccasion.Background when isBeingWritten => null,
            _ => await FileRest.TryAwaitAsync(file, path, clock, cancellation).ConfigureAwait(false),
        };
    }

    private async Task<FileContent> StoreAsync(SafeFileHandle file, long sizeBytes, bool isLikelyKnown, CancellationToken cancellation)
    {
        if (sizeBytes == 0)
        {
            return FileContent.Empty;
        }

        if (sizeBytes <= BlockLimits.LengthBytesMax)
        {
            return await StoreShortAsync(file, (int)sizeBytes, cancellation).ConfigureAwait(false);
        }

        Stream Open() => new FileBeginning(file, sizeBytes, cancellation);
        ContentLease? known = isLikelyKnown ? await contents.Importer.TryRecognizeAsync(Open, cancellation).ConfigureAwait(false) : null;
        if (known is null)
        {
            await using Stream whole = Open();
            known = await contents.Importer.ImportAsync(whole, null, cancellation).ConfigureAwait(false);
        }

        using (known)
        {
            return known.Content;
        }
    }

    private async Task<FileContent> StoreShortAsync(SafeFileHandle file, int sizeBytes, CancellationToken cancellation)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(sizeBytes);
        try
        {
            await using Stream source = new FileBeginning(file, sizeBytes, cancellation);
            int length = await source.ReadAtLeastAsync(room.AsMemory(0, sizeBytes), sizeBytes, false, cancellation).ConfigureAwait(false);
            if (length == 0)
            {
                return FileContent.Empty;
            }

            using ContentLease lease = await contents.Importer.ImportAsync(room.AsMemory(0, length), null, cancellation).ConfigureAwait(false);
            return lease.Content;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>
    /// Whether the file held what was stored, all at one moment: nothing has changed, or only beyond its former end, as in
    /// a log to which somebody writes all the time.
    /// </summary>
    private async Task<bool> IsWholeAsync(SafeFileHandle file, FileStatus before, FileContent content, CancellationToken cancellation)
    {
        FileStatus after = FileStatus.Of(file);
        if (content.SizeBytes != before.SizeBytes || after.SizeBytes < before.SizeBytes)
        {
            return false;
        }

        if (FileRest.IsSame(after, before))
        {
            return true;
        }

        await using Stream stored = contents.Reader.Open(content);
        await using Stream again = new FileBeginning(file, before.SizeBytes, cancellation);
        return await ByteComparison.AreEqualAsync(stored, again, cancellation).ConfigureAwait(false);
    }
}
