using System.Collections.Concurrent;
using System.Text;
using Appliance.Containers.Runtime;
using Appliance.Containers.Streams;
using Appliance.Core.Ids;
using Appliance.Core.Streams;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Logs;

/// <summary>The logs of apps: follows what the containers of their functions write, and keeps it in one log for each app.</summary>
/// <param name="directory">Where the files are.</param>
/// <param name="bytesMax">How much of each log is kept at least.</param>
/// <param name="clock">For the time of entries.</param>
/// <param name="report">Told what went wrong.</param>
public sealed class AppLogs(string directory, long bytesMax, TimeProvider clock, Action<Exception> report)
{
    private readonly ConcurrentDictionary<AppId, AppLog> logs = new();
    private readonly ConcurrentDictionary<TaskId, Task> collected = new();

    /// <summary>How far earlier servers had collected each output.</summary>
    private readonly ConcurrentDictionary<AppId, Lazy<Dictionary<(string Task, bool IsError), long>>> earlier = new();

    /// <summary>The log of an app, which may be empty.</summary>
    public AppLog Of(AppId app) => logs.GetOrAdd(app, id =>
    {
        Directory.CreateDirectory(directory);
        return new AppLog(Path.Combine(directory, id.Text), bytesMax);
    });

    /// <summary>Adds a line of the server's own about a container, where its errors are.</summary>
    public void Say(LiveSandbox container, string line) => Of(container.Record.AppId).Add(new AppLogEntry(
        clock.GetUtcNow(), container.TaskId.Text, container.Record.FunctionId!.Value.Text, IsError: true, AppLogEntry.OfServer, Encoding.UTF8.GetBytes(line + "\n")));

    /// <summary>Collects what a container writes until it ends; what is in the log already is passed over.</summary>
    public void Collect(LiveSandbox container) => collected.GetOrAdd(container.TaskId, _ => CollectAsync(container));

    /// <summary>Adds what is not shown but told to clients.</summary>
    /// <param name="container">About which.</param>
    /// <param name="mark">One of the entry's constants.</param>
    public void Mark(LiveSandbox container, long mark) => Of(container.Record.AppId).Add(new AppLogEntry(
        clock.GetUtcNow(), container.TaskId.Text, container.Record.FunctionId!.Value.Text, IsError: false, mark, default));

    /// <summary>Ends when all that a container wrote is in the log.</summary>
    public async Task DrainAsync(TaskId task)
    {
        if (collected.TryGetValue(task, out Task? collecting))
        {
            await collecting;
            collected.TryRemove(task, out _);
        }
    }

    /// <summary>Removes the log of an app.</summary>
    public void Remove(AppId app)
    {
        Of(app).Delete();
        logs.TryRemove(app, out _);
        earlier.TryRemove(app, out _);
    }

    private async Task CollectAsync(LiveSandbox container)
    {
        try
        {
            Container started = await container.Started;
            AppLog log = Of(container.Record.AppId);
            await Task.WhenAll(
                CollectAsync(container, started.Main, started.Main.OutputPath, isError: false, log),
                CollectAsync(container, started.Main, started.Main.ErrorPath, isError: true, log));
            if (container.Definition.Terminal is not null)
            {
                Mark(container, AppLogEntry.ShellEnds);
            }
        }
        catch (OperationCanceledException)
        {
            // It never started.
        }
        catch (Exception failure)
        {
            report(failure);
        }
    }

    private async Task CollectAsync(LiveSandbox container, ContainerProcess process, string path, bool isError, AppLog log)
    {
        (string task, string function) = (container.TaskId.Text, container.Record.FunctionId!.Value.Text);
        long offset = 0;
        if (container.Record.StartedAt is not null)
        {
            // Started under an earlier server, which has collected some of it.
            offset = earlier.GetOrAdd(container.Record.AppId, _ => new(() => FindEnds(log))).Value.GetValueOrDefault((task, isError));
        }

        byte[] held = [];
        await foreach (OutputPiece piece in OutputReader.ReadAsync(path, offset, process.OutputEnded, CancellationToken.None))
        {
            ReadOnlySpan<byte> before = piece.Missing > 0 ? Encoding.UTF8.GetBytes(piece.Notice) : held;
            byte[] all = [.. before, .. piece.Bytes.Span];
            int whole = all.Length - Utf8Ends.UnfinishedAt(all);
            held = all[whole..];
            if (whole > 0)
            {
                log.Add(new AppLogEntry(clock.GetUtcNow(), task, function, isError, piece.Offset + piece.Bytes.Length - held.Length, all.AsMemory(0, whole)));
            }
        }

        if (held.Length > 0)
        {
            log.Add(new AppLogEntry(clock.GetUtcNow(), task, function, isError, long.MaxValue, held));
        }
    }

    private static Dictionary<(string Task, bool IsError), long> FindEnds(AppLog log)
    {
        Dictionary<(string Task, bool IsError), long> ends = [];
        foreach ((AppLogEntry entry, _) in log.Read(0))
        {
            if (entry.SourceEnd >= 0)
            {
                ends[(entry.TaskId, entry.IsError)] = entry.SourceEnd;
            }
        }

        return ends;
    }
}
