using System.Buffers;
using Appliance.Blocks;
using Appliance.Contents;

namespace Appliance.Volumes.Transfers;

/// <summary>Stores the bytes of files: short ones from memory, long ones as they are read.</summary>
internal sealed class ContentIntake(ContentStore contents)
{
    /// <summary>Stores one file. What it answers is protected by the hold of the whole import.</summary>
    public async Task<FileContent> StoreAsync(TreeItem item, CancellationToken cancellation)
    {
        if (item.SizeBytes <= BlockLimits.LengthBytesMax && await TryStoreShortAsync(item, cancellation).ConfigureAwait(false) is { } content)
        {
            return content;
        }

        ContentLease? known = item.IsFleeting ? null : await contents.Importer.TryRecognizeAsync(item.Open, cancellation).ConfigureAwait(false);
        if (known is null)
        {
            await using Stream whole = item.Open();
            known = await contents.Importer.ImportAsync(whole, null, cancellation).ConfigureAwait(false);
        }

        using (known)
        {
            return known.Content;
        }
    }

    /// <summary>Stores what is in memory already.</summary>
    public async Task<FileContent> StoreAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (bytes.IsEmpty)
        {
            return FileContent.Empty;
        }

        using ContentLease lease = await contents.Importer.ImportAsync(bytes, null, cancellation).ConfigureAwait(false);
        return lease.Content;
    }

    /// <returns>Null when the file has become longer than one block.</returns>
    private async Task<FileContent?> TryStoreShortAsync(TreeItem item, CancellationToken cancellation)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent((int)item.SizeBytes + 1);
        try
        {
            await using Stream source = item.Open();
            int length = await source.ReadAtLeastAsync(room, (int)item.SizeBytes + 1, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return length > item.SizeBytes ? null : await StoreAsync(room.AsMemory(0, length), cancellation).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }
}
