namespace Grpc.AspNetCore.Server.Calls;

/// <summary>
/// The time limit of a call. When it passes, the token fires and the given action ends the call, whether or not
/// the handler heeds the token.
/// </summary>
internal sealed class CallDeadline : IAsyncDisposable
{
    private const int Passed = 1;
    private const int Disposed = 2;

    // A timer takes no longer wait; a call that lives on after 24 days simply loses its deadline.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    private readonly CancellationTokenSource source;
    private readonly ITimer timer;
    private readonly Func<Task> onPassed;
    private Task passing = Task.CompletedTask;
    private int state;

    public CallDeadline(TimeSpan timeout, TimeProvider clock, CancellationToken callerGone, Func<Task> onPassed)
    {
        this.onPassed = onPassed;
        source = CancellationTokenSource.CreateLinkedTokenSource(callerGone);
        Token = source.Token;
        DateTime now = clock.GetUtcNow().UtcDateTime;
        Moment = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        timer = clock.CreateTimer(
            static self => ((CallDeadline)self!).Pass(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(timeout < LongestWait ? timeout : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public DateTime Moment { get; }

    /// <summary>Kept apart from its source, because a handler's leftovers may ask for it after the end.</summary>
    public CancellationToken Token { get; }

    public bool HasPassed => Volatile.Read(ref state) == Passed;

    /// <summary>Stops the clock, or waits until what it started is done.</summary>
    public async ValueTask DisposeAsync()
    {
        Interlocked.CompareExchange(ref state, Disposed, 0);
        await timer.DisposeAsync().ConfigureAwait(false);
        await passing.ConfigureAwait(false);
        source.Dispose();
    }

    private void Pass()
    {
        if (Interlocked.CompareExchange(ref state, Passed, 0) == 0)
        {
            passing = PassAsync();
        }
    }

    private async Task PassAsync()
    {
        // Both at once: a callback of the handler that blocks must not keep the caller waiting.
        Task cancelling = source.CancelAsync();
        await onPassed().ConfigureAwait(false);
        await cancelling.ConfigureAwait(false);
    }
}
