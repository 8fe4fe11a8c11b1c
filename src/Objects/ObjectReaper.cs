using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;

namespace Appliance.Objects;

/// <summary>
/// Removes ephemeral objects whose heartbeats stopped, and, bit by bit, what removed objects held. What a stop or a
/// crash leaves undone is taken up at the next start.
/// </summary>
public sealed class ObjectReaper : IAsyncDisposable
{
    private const int ExpiredPerWrite = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly MetadataStore store;
    private readonly IReadOnlyList<IObjectContents> contents;
    private readonly TimeProvider clock;
    private readonly Action<Exception> report;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private TaskCompletionSource asked = NewSignal();

    /// <param name="store">Where the objects are.</param>
    /// <param name="contents">One for each kind.</param>
    /// <param name="clock">Decides what has expired.</param>
    /// <param name="report">Told what went wrong; the work is taken up again later.</param>
    public ObjectReaper(MetadataStore store, IReadOnlyList<IObjectContents> contents, TimeProvider clock, Action<Exception> report)
    {
        this.store = store;
        this.contents = contents;
        this.clock = clock;
        this.report = report;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Has it done soon: somebody removed what still runs.</summary>
    public void Hurry() => Volatile.Read(ref asked).TrySetResult();

    /// <summary>Does all there is to do now.</summary>
    public async Task ReapAsync(CancellationToken cancellation)
    {
        while (store.Read(read => ObjectRows.ListExpired(read, clock.GetUtcNow(), 1)).Count > 0)
        {
            await store.WriteAsync(RemoveExpired, cancellation).ConfigureAwait(false);
        }

        foreach (IObjectContents kind in contents)
        {
            while (store.Read(read => RemovedObjects.FindFirst(read, kind.Kind)) is { } id)
            {
                if (await store.WriteAsync(write => RemoveSome(write, kind, id), cancellation).ConfigureAwait(false))
                {
                    kind.AfterRemoval(id);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private static void RemoveExpired(WriteTransaction write)
    {
        // Found again in the transaction: a heartbeat may have come meanwhile.
        foreach (ObjectRecord expired in ObjectRows.ListExpired(write, write.Now, ExpiredPerWrite))
        {
            ObjectRows.Remove(write, expired.Id);
        }
    }

    private static bool RemoveSome(WriteTransaction write, IObjectContents kind, string id)
    {
        bool isDone = kind.RemoveSome(write, id);
        if (isDone)
        {
            RemovedObjects.Forget(write, id);
        }

        return isDone;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            // What is asked for from here on may have been overlooked, and is looked for again.
            TaskCompletionSource next = NewSignal();
            Volatile.Write(ref asked, next);
            try
            {
                await ReapAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (failure is ApplianceException or IOException or InvalidOperationException)
            {
                report(failure);
            }

            await next.Task.WaitAsync(Interval, clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
