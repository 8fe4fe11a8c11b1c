using Appliance.Core.Ids;

namespace Appliance.Engine.Files;

/// <summary>
/// A file of a container that a client has open: a copy outside, which is written back when it is flushed or closed, as a
/// buffer of the program's own would be.
/// </summary>
internal sealed class OpenFile(TaskId task, string path, OpenMode mode, string copy)
{
    private const int ChunkBytes = 64 * 1024;

    private long position;

    public TaskId Task => task;

    public string Path => path;

    public string Copy => copy;

    public bool IsChanged { get; private set; }

    /// <summary>One operation at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    public void SetWritten() => IsChanged = false;

    /// <summary>Takes up to so many bytes from the position on.</summary>
    /// <returns>Where they are.</returns>
    public FileSlice Read(long count)
    {
        Require(mode.CanRead, "reading");
        long start = Math.Min(position, new FileInfo(copy).Length);
        position = Math.Min(new FileInfo(copy).Length, start + count);
        return new FileSlice(copy, start, position - start);
    }

    /// <summary>Takes what is left of the line, its end included.</summary>
    public async Task<FileSlice> ReadLineAsync(CancellationToken cancellation)
    {
        Require(mode.CanRead, "reading");
        await using FileStream file = Open();
        file.Position = Math.Min(position, file.Length);
        long start = file.Position;
        byte[] buffer = new byte[ChunkBytes];
        for (int count; (count = await file.ReadAsync(buffer, cancellation)) > 0;)
        {
            int end = buffer.AsSpan(0, count).IndexOf((byte)'\n');
            if (end >= 0)
            {
                position = file.Position - count + end + 1;
                return new FileSlice(copy, start, position - start);
            }
        }

        position = file.Length;
        return new FileSlice(copy, start, position - start);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        Require(mode.CanWrite, "writing");
        await using FileStream file = Open();
        file.Position = mode.Appends ? file.Length : position;
        await file.WriteAsync(bytes, cancellation);
        position = file.Position;
        IsChanged = true;
    }

    /// <param name="offset">From where <paramref name="origin"/> says; not before the beginning.</param>
    /// <param name="origin">Beginning, position or end.</param>
    /// <exception cref="FileToolException">It would be before the beginning.</exception>
    public void Seek(long offset, SeekOrigin origin)
    {
        long from = origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => position, _ => new FileInfo(copy).Length };
        position = from + offset >= 0 ? from + offset : throw new FileToolException("Invalid", $"Offset {from + offset} is before the beginning of '{path}'.");
    }

    /// <summary>Puts bytes in the place of a part of the file.</summary>
    public async Task ReplaceAsync(long? start, long? end, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        Require(mode.CanWrite, "writing");
        string changed = copy + ".new";
        await using (FileStream from = Open())
        await using (FileStream to = new(changed, FileMode.Create))
        {
            long first = Math.Min(start ?? 0, from.Length);
            long last = Math.Clamp(end ?? from.Length, first, from.Length);
            await CopyAsync(from, to, first, cancellation);
            await to.WriteAsync(bytes, cancellation);
            from.Position = last;
            await from.CopyToAsync(to, cancellation);
        }

        File.Move(changed, copy, overwrite: true);
        IsChanged = true;
    }

    private static async Task CopyAsync(FileStream from, FileStream to, long count, CancellationToken cancellation)
    {
        byte[] buffer = new byte[ChunkBytes];
        while (count > 0)
        {
            int read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellation);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            count -= read;
        }
    }

    private FileStream Open() => new(copy, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);

    private void Require(bool isAllowed, string what)
    {
        if (!isAllowed)
        {
            throw new FileToolException("Invalid", $"'{path}' is not open for {what}.");
        }
    }
}

/// <summary>Some bytes of a file on the machine.</summary>
public sealed record FileSlice(string Path, long Offset, long Length);
