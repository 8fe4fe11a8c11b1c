using Appliance.Core.Lifetime;

namespace Appliance.Metadata.Idempotency;

/// <summary>Forgets keys that no client sends again.</summary>
public sealed class IdempotencySweeper : IAsyncDisposable
{
    private const int KeysPerWrite = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly MetadataStore store;
    private readonly TimeProvider clock;
    private readonly RepeatedWork loop;

    /// <param name="store">Where the keys are.</param>
    /// <param name="clock">Tells their age.</param>
    /// <param name="report">Told what went wrong; the work is taken up again later.</param>
    public IdempotencySweeper(MetadataStore store, TimeProvider clock, Action<Exception> report)
    {
        this.store = store;
        this.clock = clock;
        loop = new RepeatedWork(Interval, clock, SweepAsync, report);
    }

    public async Task SweepAsync(CancellationToken cancellation)
    {
        // What is in memory is forgotten after twice the retention at the latest.
        DateTimeOffset olderThan = clock.GetUtcNow() - (2 * IdempotencyKeys.Retention);
        while (await store.WriteAsync(write => IdempotencyKeys.Purge(write, olderThan, KeysPerWrite), cancellation).ConfigureAwait(false) == KeysPerWrite)
        {
            // More of them.
        }
    }

    public ValueTask DisposeAsync() => loop.DisposeAsync();
}
