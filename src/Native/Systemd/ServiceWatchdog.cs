namespace Appliance.Native.Systemd;

/// <summary>Tells systemd that the service is alive, twice in each of its intervals, until disposal.</summary>
public sealed class ServiceWatchdog : IAsyncDisposable
{
    private readonly ServiceNotifier notifier;
    private readonly PeriodicTimer? timer;
    private readonly Task beating;

    private ServiceWatchdog(ServiceNotifier notifier, PeriodicTimer? timer)
    {
        this.notifier = notifier;
        this.timer = timer;
        beating = timer is null ? Task.CompletedTask : BeatAsync(timer);
    }

    /// <summary>
    /// Beats from the thread pool: a pool that has no thread left for this has none for calls either, and the restart
    /// that follows is what the watchdog is for.
    /// </summary>
    public static ServiceWatchdog Start(ServiceNotifier notifier, TimeProvider clock) => new(
        notifier, notifier.WatchdogInterval is { } interval ? new PeriodicTimer(interval / 2, clock) : null);

    public async ValueTask DisposeAsync()
    {
        timer?.Dispose();
        await beating;
    }

    private async Task BeatAsync(PeriodicTimer beat)
    {
        do
        {
            notifier.Alive();
        }
        while (await beat.WaitForNextTickAsync());
    }
}
