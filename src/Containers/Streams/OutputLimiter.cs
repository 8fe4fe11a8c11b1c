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
            while (!ended.IsCompleted)
            {
                using (FileWatch watch = FileGrowth.Shared.Watch(path))
                {
                    Task change = watch.NextChange();
                    KeptOutput.Trim(path, keptMax);
                    await Task.WhenAny(change, ended).WaitAsync(stop);
                }

                await Task.WhenAny(Task.Delay(Pause, stop), ended);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // Told to stop; or the file was removed, or cannot have holes: then all is kept.
        }
    }

    /// <summary>The last look, when nothing will be added any more.</summary>
    public static void Finish(string path, long keptMax)
    {
        try
        {
            KeptOutput.Trim(path, keptMax);
        }
        catch (IOException)
        {
            // As above.
        }
    }
}
