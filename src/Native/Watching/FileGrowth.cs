using System.Runtime.InteropServices;
using Appliance.Native.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Watching;

/// <summary>
/// Tells when a file has been written to, by whichever process: one inotify queue for all files that somebody waits
/// for. A file is watched only while somebody does.
/// </summary>
public sealed class FileGrowth
{
    private const int HeaderLength = 16;

    private static readonly Lazy<FileGrowth> OfProcess = new(() => new FileGrowth());

    private readonly Lock gate = new();
    private readonly Dictionary<int, WatchedFile> watches = [];
    private readonly SafeFileHandle queue;

    private FileGrowth()
    {
        queue = WatchCalls.Create(WatchCalls.NonBlocking | WatchCalls.CloseOnExec);
        if (queue.IsInvalid)
        {
            throw new IOException($"inotify_init1: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }

        _ = RunAsync();
    }

    /// <summary>The process needs no more than one.</summary>
    public static FileGrowth Shared => OfProcess.Value;

    /// <summary>
    /// Begins to watch. Look at the file again after this call, then wait: what is written from now on ends the wait.
    /// </summary>
    /// <exception cref="IOException">The file is gone, or no more watches are allowed; HResult is the errno.</exception>
    public FileWatch Watch(string path)
    {
        lock (gate)
        {
            int id = WatchCalls.Add(queue, path, WatchCalls.Modified);
            if (id < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                throw new IOException($"Cannot watch '{path}': {Marshal.GetPInvokeErrorMessage(error)}", error);
            }

            if (!watches.TryGetValue(id, out WatchedFile? watch))
            {
                watches[id] = watch = new WatchedFile();
            }

            watch.Users++;
            return new FileWatch(this, id);
        }
    }

    internal Task NextChange(int id)
    {
        lock (gate)
        {
            return watches.TryGetValue(id, out WatchedFile? watch) ? watch.Changed.Task : Task.CompletedTask;
        }
    }

    internal void Release(int id)
    {
        lock (gate)
        {
            if (watches.TryGetValue(id, out WatchedFile? watch) && --watch.Users == 0)
            {
                watches.Remove(id);
                _ = WatchCalls.Remove(queue, id);
            }
        }
    }

    private async Task RunAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            await Readiness.Shared.UntilReadableAsync(queue, CancellationToken.None);
            int length = Read(buffer);
            lock (gate)
            {
                Tell(buffer.AsSpan(0, Math.Max(0, length)));
            }
        }
    }

    private unsafe int Read(byte[] buffer)
    {
        fixed (byte* pointer = buffer)
        {
            return (int)WatchCalls.Read(queue, pointer, (nuint)buffer.Length);
        }
    }

    private void Tell(ReadOnlySpan<byte> events)
    {
        while (events.Length >= HeaderLength)
        {
            int id = MemoryMarshal.Read<int>(events);
            uint mask = MemoryMarshal.Read<uint>(events[4..]);
            int nameLength = MemoryMarshal.Read<int>(events[12..]);
            events = events[(HeaderLength + nameLength)..];
            if ((mask & WatchCalls.QueueOverflow) != 0)
            {
                foreach (WatchedFile each in watches.Values)
                {
                    each.Tell();
                }
            }
            else if ((mask & WatchCalls.Ignored) == 0 && watches.TryGetValue(id, out WatchedFile? watch))
            {
                watch.Tell();
            }
        }
    }

    private sealed class WatchedFile
    {
        public int Users { get; set; }

        public TaskCompletionSource Changed { get; private set; } = New();

        public void Tell()
        {
            Changed.TrySetResult();
            Changed = New();
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
