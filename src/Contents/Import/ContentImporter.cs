using System.Buffers;
using Appliance.Blocks;
using Appliance.Blocks.Leases;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Contents;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Contents.Import;

/// <summary>Takes in files whose blocks nobody has described: bytes that come in one piece.</summary>
public sealed class ContentImporter
{
    private const int ChunkBytes = 512 * 1024;

    private readonly MetadataStore metadata;
    private readonly BlockStore blocks;
    private readonly ContentLayout layout;
    private readonly ContentPublisher publisher;
    private long importCount;

    internal ContentImporter(MetadataStore metadata, BlockStore blocks, ContentLayout layout, ContentPublisher publisher)
    {
        this.metadata = metadata;
        this.blocks = blocks;
        this.layout = layout;
        this.publisher = publisher;
    }

    /// <summary>A path for a file on its way in: on the store's file system, swept at the next start.</summary>
    public string NewPath() => Path.Combine(layout.Imports, Interlocked.Increment(ref importCount).ToString("x"));

    /// <summary>The content whose bytes have this SHA-256, if it is stored.</summary>
    public async Task<ContentLease?> TryFindWholeAsync(Digest whole, CancellationToken cancellation)
    {
        if (whole == Digest.OfNothing)
        {
            return new ContentLease(FileContent.Empty);
        }

        if (blocks.TryPin(whole) is { } block)
        {
            return new ContentLease(new FileContent(ContentForm.Block, whole, block.LengthBytes), block);
        }

        if (metadata.Read(read => ContentRows.FindWhole(read, whole)) is not { } record)
        {
            return null;
        }

        bool isHere = await publisher.TryRenewAsync(new FileShape(record.SizeBytes, record.Blocks), cancellation).ConfigureAwait(false);
        return isHere ? new ContentLease(new FileContent(ContentForm.File, record.Id, record.SizeBytes)) : null;
    }

    /// <summary>Stores what the stream holds, which is read to its end.</summary>
    /// <param name="source">Of any length.</param>
    /// <param name="expected">The SHA-256 that all its bytes should have; null when nobody knows.</param>
    /// <param name="cancellation">Nothing is left behind when it fires.</param>
    /// <exception cref="ApplianceException">InvalidArgument: other bytes. ResourceExhausted: the disk is full.</exception>
    public async Task<ContentLease> ImportAsync(Stream source, Digest? expected, CancellationToken cancellation)
    {
        string path = NewPath();
        try
        {
            using var hashes = new FileHashes();
            using (SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
            {
                await CopyAsync(source, file, hashes, cancellation).ConfigureAwait(false);
            }

            return await TakeAsync(path, hashes, expected, cancellation).ConfigureAwait(false);
        }
        catch (IOException failure) when (ContentErrors.IsDiskFull(failure))
        {
            throw ContentErrors.DiskFull(layout.Directory, failure);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>
    /// Finds the content of a long file without writing it again, when its first block says that it may be stored.
    /// </summary>
    /// <param name="open">Opens the file at its beginning.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Null when it is not stored, or was not looked for.</returns>
    public async Task<ContentLease?> TryRecognizeAsync(Func<Stream> open, CancellationToken cancellation)
    {
        using (var probe = new FileHashes())
        {
            await using Stream beginning = open();
            await CopyAsync(new LengthLimit(beginning, BlockLimits.LengthBytesMax), null, probe, cancellation).ConfigureAwait(false);
            FileShape first = probe.Finish(out _, out _);
            if (first.Blocks.Count == 0 || metadata.Read(read => ContentRows.FindBlock(read, first.Blocks[0])) is null)
            {
                return null;
            }
        }

        using var hashes = new FileHashes();
        await using Stream whole = open();
        await CopyAsync(whole, null, hashes, cancellation).ConfigureAwait(false);
        FileShape shape = hashes.Finish(out _, out _);
        bool isHere = shape.Blocks.Count > 1 && await publisher.TryRenewAsync(shape, cancellation).ConfigureAwait(false);
        return isHere ? new ContentLease(new FileContent(ContentForm.File, shape.Id, shape.SizeBytes)) : null;
    }

    /// <summary>Stores bytes that are in memory anyway.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: other bytes. ResourceExhausted: the disk is full.</exception>
    public async Task<ContentLease> ImportAsync(ReadOnlyMemory<byte> bytes, Digest? expected, CancellationToken cancellation)
    {
        bool isOneBlock = bytes.Length is > 0 and <= BlockLimits.LengthBytesMax && bytes.Span[^1] != 0;
        if (isOneBlock && (expected is null || Digest.Of(bytes.Span) == expected))
        {
            BlockLease block = await blocks.PutAsync(bytes, cancellation).ConfigureAwait(false);
            return new ContentLease(new FileContent(ContentForm.Block, block.Digest, bytes.Length), block);
        }

        await using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        return await ImportAsync(stream, expected, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes over a file that lies at a path of <see cref="NewPath"/>; it is gone from there afterwards.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: other bytes. ResourceExhausted: the disk is full.</exception>
    public async Task<ContentLease> ImportFileAsync(string path, Digest? expected, CancellationToken cancellation)
    {
        try
        {
            using var hashes = new FileHashes();
            await using (FileStream file = File.OpenRead(path))
            {
                await CopyAsync(file, null, hashes, cancellation).ConfigureAwait(false);
            }

            return await TakeAsync(path, hashes, expected, cancellation).ConfigureAwait(false);
        }
        catch (IOException failure) when (ContentErrors.IsDiskFull(failure))
        {
            throw ContentErrors.DiskFull(layout.Directory, failure);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Hashes a stream, and writes it to a file if one is given, with holes for zeros.</summary>
    private static async Task CopyAsync(Stream source, SafeFileHandle? target, FileHashes hashes, CancellationToken cancellation)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long position = 0;
            while (await source.ReadAtLeastAsync(chunk.AsMemory(0, ChunkBytes), ChunkBytes, false, cancellation).ConfigureAwait(false) is > 0 and var read)
            {
                ReadOnlyMemory<byte> piece = chunk.AsMemory(0, read);
                hashes.Append(piece.Span);
                if (target is not null && piece.Span.ContainsAnyExcept((byte)0))
                {
                    await RandomAccess.WriteAsync(target, piece, position, cancellation).ConfigureAwait(false);
                }

                position += read;
            }

            if (target is not null)
            {
                RandomAccess.SetLength(target, position);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private async Task<ContentLease> TakeAsync(string path, FileHashes hashes, Digest? expected, CancellationToken cancellation)
    {
        FileShape shape = hashes.Finish(out Digest whole, out bool endsInZeros);
        if (expected is { } wanted && wanted != whole)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"The bytes sent have the SHA-256 '{whole}', not '{wanted}', so they were not stored.");
        }

        if (shape.SizeBytes == 0)
        {
            return new ContentLease(FileContent.Empty);
        }

        if (shape.Blocks.Count == 1 && !endsInZeros)
        {
            await using FileStream file = File.OpenRead(path);
            BlockLease block = await blocks.PutAsync(file, whole, cancellation).ConfigureAwait(false);
            return new ContentLease(new FileContent(ContentForm.Block, block.Digest, shape.SizeBytes), block);
        }

        if (!await publisher.TryRenewAsync(shape, cancellation).ConfigureAwait(false))
        {
            using (SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
            {
                PosixFile.SyncData(file, path);
            }

            await publisher.PublishAsync(shape, path, cancellation).ConfigureAwait(false);
        }

        await metadata.WriteAsync(write => ContentRows.SetWhole(write, whole, shape.Id), CancellationToken.None).ConfigureAwait(false);
        return new ContentLease(new FileContent(ContentForm.File, shape.Id, shape.SizeBytes));
    }
}
