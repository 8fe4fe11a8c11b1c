using Appliance.Native.Watching;

namespace Appliance.Engine.Logs;

/// <summary>What all containers of an app wrote, in one file that only grows. A place in it is an offset.</summary>
/// <param name="path">Of the file; it need not exist yet.</param>
public sealed class AppLog(string path)
{
    private readonly Lock gate = new();
    private long end = -1;

    /// <summary>Where the next entry will be.</summary>
    public long End
    {
        get
        {
            lock (gate)
            {
                return Ready();
            }
        }
    }

    /// <summary>Adds an entry. It is in the file when this returns, though not yet on the disk.</summary>
    public void Add(AppLogEntry entry)
    {
        byte[] bytes = entry.Write();
        lock (gate)
        {
            long at = Ready();
            using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            RandomAccess.Write(file.SafeFileHandle, bytes, at);
            end = at + bytes.Length;
        }
    }

    /// <summary>Entries from a place on, as far as there are any.</summary>
    /// <returns>Each with the place after it.</returns>
    public IEnumerable<(AppLogEntry Entry, long Next)> Read(long from)
    {
        long until = End;
        if (from >= until)
        {
            yield break;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = from;
        byte[] header = new byte[AppLogEntry.HeaderBytes];
        while (file.Position < until && file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length)
        {
            // A place that no entry ends at, as only a client can invent it, finds nonsense here.
            if (!AppLogEntry.TryReadLength(header, until - file.Position, out int length))
            {
                yield break;
            }

            byte[] text = new byte[length];
            file.ReadExactly(text);
            yield return (AppLogEntry.Read(header, text), file.Position);
        }
    }

    /// <summary>Ends when there is more than at a place.</summary>
    public async Task WaitAsync(long from, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (Ready() > from)
            {
                return;
            }

            using (File.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
            {
                // It must be there to be watched.
            }
        }

        using FileWatch watch = FileGrowth.Shared.Watch(path);
        while (End <= from)
        {
            await watch.NextChange().WaitAsync(cancellation);
        }
    }

    /// <summary>Finds the end, and cuts off what a crash left of an entry.</summary>
    private long Ready()
    {
        if (end >= 0)
        {
            return end;
        }

        end = 0;
        if (!File.Exists(path))
        {
            return 0;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] header = new byte[AppLogEntry.HeaderBytes];
        while (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && AppLogEntry.TryReadLength(header, file.Length - file.Position, out int length))
        {
            end = file.Position + length;
            file.Position = end;
        }

        file.SetLength(end);
        return end;
    }
}
