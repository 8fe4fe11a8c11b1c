using System.Globalization;
using System.Text;

namespace Appliance.Engine.Logs;

/// <summary>
/// What all containers of an app wrote, one after the other. A place in it is how much was written before. It lies in
/// several files, each named after the place where it begins, of which the oldest go when there is too much.
/// </summary>
/// <param name="path">Of the first file; it need not exist yet.</param>
/// <param name="bytesMax">How much of the newest is kept at least.</param>
public sealed class AppLog(string path, long bytesMax)
{
    private readonly Lock gate = new();
    private readonly long fileBytes = Math.Max(1, bytesMax / 8);

    /// <summary>The places where files begin, in order; never empty once there is an end.</summary>
    private readonly List<long> starts = [];
    private long end = -1;
    private TaskCompletionSource? grown;

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
            if (at - starts[^1] >= fileBytes)
            {
                starts.Add(at);
            }

            using (FileStream file = new(PathOf(starts[^1]), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
            {
                RandomAccess.Write(file.SafeFileHandle, bytes, at - starts[^1]);
            }

            end = at + bytes.Length;
            while (starts.Count > 1 && end - starts[1] >= bytesMax)
            {
                File.Delete(PathOf(starts[0]));
                starts.RemoveAt(0);
            }

            grown?.TrySetResult();
            grown = null;
        }
    }

    /// <summary>Entries from a place on, as far as there are any. What is not kept any more is told by one in its stead.</summary>
    /// <returns>Each with the place after it.</returns>
    public IEnumerable<(AppLogEntry Entry, long Next)> Read(long from)
    {
        long[] begins;
        lock (gate)
        {
            long until = Ready();
            begins = [.. starts, until];
        }

        long place = from;
        for (int index = 0; index < begins.Length - 1; index++)
        {
            if (begins[index + 1] <= place || OpenOrNull(begins[index]) is not { } file)
            {
                continue;
            }

            using (file)
            {
                long missing = begins[index] - place;
                place = Math.Max(place, begins[index]);
                foreach ((AppLogEntry entry, long next) in ReadFile(file, place - begins[index], begins[index + 1] - begins[index]))
                {
                    if (missing > 0)
                    {
                        yield return (entry with { Text = NoticeOf(missing) }, place);
                        missing = 0;
                    }

                    place = begins[index] + next;
                    yield return (entry, place);
                }
            }

            if (place < begins[index + 1])
            {
                // A place that no entry ends at, as only a client can invent it.
                yield break;
            }
        }
    }

    /// <summary>Ends when there is more than at a place.</summary>
    public Task WaitAsync(long from, CancellationToken cancellation)
    {
        lock (gate)
        {
            return Ready() > from
                ? Task.CompletedTask
                : (grown ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Removes all of it.</summary>
    public void Delete()
    {
        lock (gate)
        {
            Ready();
            starts.ForEach(start => File.Delete(PathOf(start)));
            starts.Clear();
            end = -1;
        }
    }

    private static IEnumerable<(AppLogEntry Entry, long Next)> ReadFile(FileStream file, long from, long until)
    {
        file.Position = from;
        byte[] header = new byte[AppLogEntry.HeaderBytes];
        while (file.Position < until && file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && AppLogEntry.TryReadLength(header, until - file.Position, out int length))
        {
            byte[] text = new byte[length];
            file.ReadExactly(text);
            yield return (AppLogEntry.Read(header, text), file.Position);
        }
    }

    private static byte[] NoticeOf(long missing) =>
        Encoding.UTF8.GetBytes($"[about {missing} bytes of this app's log before this are not kept any more: there was more than the server's log-limit]\n");

    private string PathOf(long start) => start == 0 ? path : $"{path}.{start.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Null when the file has gone meanwhile.</summary>
    private FileStream? OpenOrNull(long start)
    {
        try
        {
            return new FileStream(PathOf(start), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Finds the files and the end, and cuts off what a crash left of an entry.</summary>
    private long Ready()
    {
        if (end >= 0)
        {
            return end;
        }

        string name = Path.GetFileName(path);
        starts.AddRange(Directory.EnumerateFiles(Path.GetDirectoryName(path)!, name + "*")
            .Select(file => Path.GetFileName(file.AsSpan())[name.Length..] is ['.', .. var start] ? long.Parse(start, CultureInfo.InvariantCulture) : 0)
            .Order());
        if (starts.Count == 0)
        {
            starts.Add(0);
            return end = 0;
        }

        using FileStream file = new(PathOf(starts[^1]), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        long whole = 0;
        byte[] header = new byte[AppLogEntry.HeaderBytes];
        while (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && AppLogEntry.TryReadLength(header, file.Length - file.Position, out int length))
        {
            whole = file.Position += length;
        }

        file.SetLength(whole);
        return end = starts[^1] + whole;
    }
}
