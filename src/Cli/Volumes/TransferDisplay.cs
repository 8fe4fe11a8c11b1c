using Appliance.Cli.Output;
using Appliance.Core.Progress;
using Appliance.Volumes.Transfers;

namespace Appliance.Cli.Volumes;

/// <summary>A line that shows how far a transfer is, several times a second, where a person watches.</summary>
internal sealed class TransferDisplay : IAsyncDisposable
{
    private const int BarWidth = 24;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Terminal terminal;
    private readonly TransferProgress progress;
    private readonly Func<(long Done, long Total)?> share;
    private readonly string title;
    private readonly long startedAt = TimeProvider.System.GetTimestamp();
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    /// <param name="terminal">Where to show it.</param>
    /// <param name="progress">What to show.</param>
    /// <param name="share">How much of how much is done; null where the end is not known.</param>
    /// <param name="title">Which of several steps it is.</param>
    public TransferDisplay(Terminal terminal, TransferProgress progress, Func<(long Done, long Total)?> share, string title = "")
    {
        this.terminal = terminal;
        this.progress = progress;
        this.share = share;
        this.title = title.Length > 0 ? title + "  " : "";
        loop = terminal.ShowsProgress ? RunAsync() : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        terminal.ShowProgress(null);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            terminal.ShowProgress(Line());
            await Task.Delay(Interval, TimeProvider.System, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string Line()
    {
        double seconds = Math.Max(0.001, TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds);
        string files = progress.Files > 0 ? $"{ByteText.Count(progress.Files)} files, " : "";
        string counts = $"{files}{ByteText.Of(progress.Bytes)}, {ByteText.Of((long)(progress.Bytes / seconds))}/s";
        if (share() is not { Total: > 0 } known)
        {
            return title + counts;
        }

        double part = Math.Clamp((double)known.Done / known.Total, 0, 1);
        int filled = (int)(part * BarWidth);
        return $"{title}[{new string('#', filled)}{new string('.', BarWidth - filled)}] {part * 100,3:0}%  {counts}";
    }
}
