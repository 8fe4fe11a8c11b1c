using Appliance.Images.Building.Logs;

namespace Appliance.Images.Building.Jobs;

/// <summary>A build that runs now.</summary>
internal sealed class BuildJob(BuildLog log) : IDisposable
{
    private readonly CancellationTokenSource stop = new();

    public BuildLog Log => log;

    public LogTail Tail { get; } = new();

    public CancellationToken Cancellation => stop.Token;

    /// <summary>Ends with the build, whatever becomes of it; never fails.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    public Task CancelAsync() => stop.CancelAsync();

    public void Dispose()
    {
        stop.Dispose();
        log.Dispose();
    }
}
