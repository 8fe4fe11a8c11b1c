using System.Buffers.Binary;
using System.Globalization;

namespace Appliance.Images.Building.Logs;

/// <summary>
/// What a build says, in a file: many readers, each at its own place, also after the build and after a restart. A cursor
/// names a place in one attempt; those of an earlier attempt begin anew.
/// </summary>
internal sealed class BuildLog : IDisposable
{
    private const int HeaderBytes = sizeof(long);
    private const int EntryHeaderBytes = sizeof(int) + sizeof(long) + 1;
    private const int EntryBytesMax = 64 * 1024;
    private const long LengthMax = 64L << 20;

    private readonly FileStream file;
    private readonly Lock gate = new();
    private TaskCompletionSource grown = New();
    private long length;
    private bool isCut;

    private BuildLog(FileStream file)
    {
        this.file = file;
        length = HeaderBytes;
    }

    /// <summary>Begins a log in the place of an older one.</summary>
    public static BuildLog Begin(string path, DateTimeOffset now)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt64LittleEndian(header, now.UtcTicks);
        RandomAccess.Write(file.SafeFileHandle, header, 0);
        return new BuildLog(file);
    }

    /// <summary>Ends when something was added after this was asked for.</summary>
    public Task Grown
    {
        get
        {
            lock (gate)
            {
                return grown.Task;
            }
        }
    }

    /// <summary>Adds an entry. Beyond a length that no sensible build reaches, nothing is kept any more.</summary>
    public void Append(DateTimeOffset now, bool isError, ReadOnlySpan<byte> data)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            while (!data.IsEmpty && !isCut)
            {
                ReadOnlySpan<byte> part = data[..Math.Min(data.Length, EntryBytesMax)];
                Write(now, isError, part);
                data = data[part.Length..];
                if (length > LengthMax)
                {
                    isCut = true;
                    Write(now, true, "[the log ends here: it is longer than 64 MiB]\n"u8);
                }
            }

            signal = grown;
            grown = New();
        }

        signal.TrySetResult();
    }

    /// <summary>Entries after a cursor; an empty cursor is the beginning. Not everything at once: call again with the last entry's.</summary>
    public static IReadOnlyList<BuildLogEntry> Read(string path, string cursor, int bytesMax)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[EntryHeaderBytes];
        if (RandomAccess.Read(file, header[..HeaderBytes], 0) < HeaderBytes)
        {
            return [];
        }

        long attempt = BinaryPrimitives.ReadInt64LittleEndian(header);
        long position = PositionOf(cursor, attempt);
        List<BuildLogEntry> entries = [];
        int sum = 0;
        while (sum < bytesMax && RandomAccess.Read(file, header, position) == EntryHeaderBytes)
        {
            byte[] data = new byte[Math.Min(EntryBytesMax, (uint)BinaryPrimitives.ReadInt32LittleEndian(header))];
            if (RandomAccess.Read(file, data, position + EntryHeaderBytes) < data.Length)
            {
                break;
            }

            position += EntryHeaderBytes + data.Length;
            sum += data.Length;
            var time = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(header[sizeof(int)..]), TimeSpan.Zero);
            entries.Add(new BuildLogEntry(string.Create(CultureInfo.InvariantCulture, $"{attempt}-{position}"), time, header[^1] != 0, data));
        }

        return entries;
    }

    public void Dispose() => file.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static long PositionOf(string cursor, long attempt)
    {
        string[] parts = cursor.Split('-');
        bool isOfThis = parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long of) && of == attempt;
        return isOfThis && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long position) ? Math.Max(HeaderBytes, position) : HeaderBytes;
    }

    private void Write(DateTimeOffset now, bool isError, ReadOnlySpan<byte> data)
    {
        byte[] entry = new byte[EntryHeaderBytes + data.Length];
        BinaryPrimitives.WriteInt32LittleEndian(entry, data.Length);
        BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(sizeof(int)), now.UtcTicks);
        entry[EntryHeaderBytes - 1] = isError ? (byte)1 : (byte)0;
        data.CopyTo(entry.AsSpan(EntryHeaderBytes));
        RandomAccess.Write(file.SafeFileHandle, entry, length);
        length += entry.Length;
    }
}
