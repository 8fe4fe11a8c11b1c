using Appliance.Native.Watching;

namespace Appliance.Containers.Streams;

/// <summary>Keeps one output of a process below its limit while it is written, whether or not anybody reads it.</summary>
internal static class OutputLimiter
{
    /// <summary>Between two looks, however much is written: what may be kept too much is what a process writes meanwhile.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <param name="path">Of the output's file.</param>
    /// <param name="keptMax">In bytes.</param>
    /// <param name="ended">Completes when nothing will be added any more.</param>
    /// <param name="stop">Ends it before.</param>
    public static async Task RunAsync(string path, long keptMax, Task ended, CancellationToken stop)
    {
        try
        {
            while (!ended.IsCompleted && File.Exists(path))
            {
                using (FileWatch? watch = TryWatch(path))
                {
                    Task change = watch?.NextChange() ?? Task.CompletedTask;
                    TryTrim(path, keptMax);
                    await Task.WhenAny(change, ended).WaitAsync(stop);
                }

                await Task.WhenAny(Task.Delay(Pause, stop), ended);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    /// <summary>Drops what is too much. What cannot be dropped is kept: the disk may be full just now, or makes no holes.</summary>
    public static void TryTrim(string path, long keptMax)
    {
        try
        {
            KeptOutput.Trim(path, keptMax);
        }
        catch (IOException)
        {
            // The next look tries again.
        }
    }

    /// <summary>Null when the machine allows no more watches: then it is looked at after each pause.</summary>
    private static FileWatch? TryWatch(string path)
    {
        try
        {
            return FileGrowth.Shared.Watch(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
