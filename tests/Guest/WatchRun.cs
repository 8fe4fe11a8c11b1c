using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Appliance.Tests.Guest;

/// <summary>A running watch. Its events are written "Kind path" or "Kind path path", with paths below the folder made relative.</summary>
internal sealed class WatchRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string folder;

    private WatchRun(GuestProcess process, string folder)
    {
        Process = process;
        this.folder = folder;
    }

    public GuestProcess Process { get; }

    /// <summary>Starts it and waits until the kernel watches as many directories as are asked for.</summary>
    public static async Task<WatchRun> StartAsync(string path, bool recursive = false, JsonNode? filter = null, int watches = 1, string? folder = null)
    {
        var process = new GuestProcess(GuestPrograms.FileTools, FileToolsRun.Command("Watch", path, ("recursive", recursive), ("filter", filter)));
        var run = new WatchRun(process, folder ?? path);
        await run.AwaitWatchesAsync(watches);
        return run;
    }

    public async Task AwaitWatchesAsync(int watches)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (CountWatches() < watches)
        {
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>Reads up to the event; returns all of them.</summary>
    public async Task<List<string>> ReadUntilAsync(string last)
    {
        List<string> events = [];
        while (events.LastOrDefault() != last)
        {
            events.Add(Parse(await Process.ReadLineAsync() ?? throw new InvalidOperationException($"The watch ended before '{last}': {string.Join(", ", events)}")));
        }

        return events;
    }

    /// <summary>Ends the watch as clients do, and returns what was left.</summary>
    public async Task<List<string>> StopAsync()
    {
        // What happened before is in the kernel's queue and is read first.
        Process.Input.Close();
        (int status, string output, string errors) = await Process.EndAsync();
        Assert.Equal((0, ""), (status, errors));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    public void Dispose() => Process.Dispose();

    private int CountWatches() =>
        Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{Process.Id}/fdinfo"))
            .Sum(CountWatches);

    private static int CountWatches(string descriptor)
    {
        try
        {
            return File.ReadLines(descriptor).Count(line => line.StartsWith("inotify wd:", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            // The program has just closed it.
            return 0;
        }
    }

    private string Parse(string line)
    {
        JsonElement happened = JsonDocument.Parse(line).RootElement;
        Assert.Equal(["event_type", "paths"], happened.EnumerateObject().Select(field => field.Name));
        IEnumerable<string> paths = happened.GetProperty("paths").EnumerateArray().Select(path => path.GetString()!);
        return $"{happened.GetProperty("event_type").GetString()} {string.Join(' ', paths.Select(path => Path.GetRelativePath(folder, path)))}";
    }
}
