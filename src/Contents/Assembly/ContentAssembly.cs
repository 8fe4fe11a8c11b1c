using System.Buffers;
using Appliance.Blocks;
using Appliance.Contents.Reading;
using Appliance.Core.Digests;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Contents.Assembly;

/// <summary>
/// A content that lacks blocks yet: a file of the final length, full of holes, into which blocks are written at their
/// final place. What is there is known by its digest alone, so an upload goes on after a crash where it was.
/// </summary>
internal sealed class ContentAssembly(string path, long sizeBytes)
{
    private const int ChunkBytes = 256 * 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<int, Digest> present = [];
    private readonly HashSet<int> busy = [];

    // A file of an earlier run may hold anything; one that this run made is empty.
    private readonly bool isNew = Create(path, sizeBytes);

    public string Path { get; } = path;

    /// <summary>Whether the block is in its place. Reads the place when this run did not write it.</summary>
    public Task<bool> HasAsync(int index, Digest digest, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (!present.ContainsKey(index) && busy.Contains(index))
            {
                // What is half written now may yet be taken back. What is there stays, whoever sends it again.
                return Task.FromResult(false);
            }
        }

        return ExamineAsync(index, digest, cancellation);
    }

    /// <summary>Writes a block into its place. A block that turns out to be another leaves zeros.</summary>
    /// <exception cref="Core.Errors.ApplianceException">
    /// InvalidArgument: other bytes. TooLarge. Unavailable: somebody else is writing this block.
    /// </exception>
    /// <exception cref="IOException">The disk is full, or the sender gave up.</exception>
    public async Task PutAsync(int index, Digest digest, Stream source, CancellationToken cancellation)
    {
        Enter(index);
        try
        {
            bool isPresent = await ExamineAsync(index, digest, cancellation).ConfigureAwait(false);
            await WriteAsync(index, digest, source, isPresent, cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                busy.Remove(index);
            }
        }
    }

    /// <summary>Reads a block that is not needed any more: even so it must be the one that was announced.</summary>
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: other bytes. TooLarge.</exception>
    public static async Task CheckAsync(BlockSlot slot, Stream source, CancellationToken cancellation)
    {
        int lengthMax = FileShape.LengthOfBlock(slot.SizeBytes, slot.Index);
        Digest actual = await CopyAsync(source, null, 0, lengthMax, cancellation).ConfigureAwait(false);
        if (actual != slot.Digest)
        {
            throw ContentErrors.WrongDigest(slot.Digest, actual);
        }
    }

    /// <summary>Makes all that was written durable.</summary>
    public void Sync()
    {
        using SafeFileHandle file = Open();
        PosixFile.SyncData(file, Path);
    }

    private async Task<bool> ExamineAsync(int index, Digest digest, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (present.TryGetValue(index, out Digest known))
            {
                return known == digest;
            }
        }

        if (isNew)
        {
            return digest == Digest.OfNothing;
        }

        using SafeFileHandle file = Open();
        (long offset, int length) = PlaceOf(index);
        using var hash = new BlockHash();
        await ReadAsync(file, offset, length, hash, cancellation).ConfigureAwait(false);
        Digest found = hash.Finish();
        lock (gate)
        {
            present[index] = found;
        }

        return found == digest;
    }

    private static bool Create(string path, long sizeBytes)
    {
        bool exists = File.Exists(path);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.GetLength(file) != sizeBytes)
        {
            RandomAccess.SetLength(file, sizeBytes);
        }

        return !exists;
    }

    private SafeFileHandle Open() =>
        File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private (long Offset, int Length) PlaceOf(int index) => (FileShape.OffsetOfBlock(index), FileShape.LengthOfBlock(sizeBytes, index));

    private void Enter(int index)
    {
        lock (gate)
        {
            if (!busy.Add(index))
            {
                throw ContentErrors.Busy(index);
            }
        }
    }

    private async Task WriteAsync(int index, Digest digest, Stream source, bool isPresent, CancellationToken cancellation)
    {
        using SafeFileHandle file = Open();
        (long offset, int lengthMax) = PlaceOf(index);
        bool isRight = false;
        try
        {
            if (!isPresent)
            {
                PosixFile.Zero(file, Path, offset, BlockLimits.LengthBytesMax);
            }

            Digest actual = await CopyAsync(source, isPresent ? null : file, offset, lengthMax, cancellation).ConfigureAwait(false);
            isRight = actual == digest;
            if (!isRight)
            {
                throw ContentErrors.WrongDigest(digest, actual);
            }
        }
        finally
        {
            if (!isPresent)
            {
                Settle(file, index, isRight ? digest : null);
            }
        }

        PosixFile.StartWriteback(file, offset, lengthMax);
    }

    private void Settle(SafeFileHandle file, int index, Digest? digest)
    {
        if (digest is null)
        {
            PosixFile.Zero(file, Path, FileShape.OffsetOfBlock(index), BlockLimits.LengthBytesMax);
        }

        lock (gate)
        {
            present[index] = digest ?? Digest.OfNothing;
        }
    }

    private static async Task<Digest> CopyAsync(
        Stream source, SafeFileHandle? file, long offset, int lengthMax, CancellationToken cancellation)
    {
        using var hash = new BlockHash();
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            int total = 0;
            while (await source.ReadAtLeastAsync(chunk.AsMemory(0, ChunkBytes), ChunkBytes, false, cancellation).ConfigureAwait(false) is > 0 and var read)
            {
                if (read > lengthMax - total)
                {
                    throw ContentErrors.BlockTooLong(lengthMax);
                }

                hash.Append(chunk.AsSpan(0, read));
                if (file is not null)
                {
                    RandomAccess.Write(file, chunk.AsSpan(0, read), offset + total);
                }

                total += read;
            }

            return hash.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static async Task ReadAsync(SafeFileHandle file, long offset, int length, BlockHash hash, CancellationToken cancellation)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (long end = offset + length; offset < end;)
            {
                int read = await RandomAccess.ReadAsync(file, chunk.AsMemory(0, (int)Math.Min(ChunkBytes, end - offset)), offset, cancellation)
                    .ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                hash.Append(chunk.AsSpan(0, read));
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
