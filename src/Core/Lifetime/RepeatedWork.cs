using Appliance.Core.Errors;

namespace Appliance.Core.Lifetime;

/// <summary>Does some upkeep again and again, with pauses, until it is disposed.</summary>
public sealed class RepeatedWork : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    /// <param name="interval">The pause before the first time and between two times.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="work">Gives up when it is cancelled; what it leaves undone, the next time does.</param>
    /// <param name="report">Told what went wrong; the work is done again at its next time.</param>
    public RepeatedWork(TimeSpan interval, TimeProvider clock, Func<CancellationToken, Task> work, Action<Exception> report) =>
        loop = Task.Run(() => RunAsync(interval, clock, work, report));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync(TimeSpan interval, TimeProvider clock, Func<CancellationToken, Task> work, Action<Exception> report)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await work(stop.Token).ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is ApplianceException or IOException or InvalidOperationException)
                {
                    report(failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is being disposed.
        }
    }
}
