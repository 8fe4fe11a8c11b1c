using Appliance.Blobs.Files;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Blobs;

namespace Appliance.Blobs;

/// <summary>
/// Removes blobs whose time has come: first for everybody, then the file, then the last trace. A crash in between leaves
/// the trace, which is taken up at the next start.
/// </summary>
internal sealed class BlobReaper : IAsyncDisposable
{
    private const int BlobsPerRound = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly MetadataStore store;
    private readonly BlobFiles files;
    private readonly TimeProvider clock;
    private readonly Action<Exception> report;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    public BlobReaper(MetadataStore store, BlobFiles files, TimeProvider clock, Action<Exception> report)
    {
        this.store = store;
        this.files = files;
        this.clock = clock;
        this.report = report;
        loop = Task.Run(RunAsync);
    }

    public async Task ReapAsync(CancellationToken cancellation)
    {
        while (store.Read(read => BlobRows.AnyExpired(read, clock.GetUtcNow())))
        {
            await store.WriteAsync(write => BlobRows.RemoveExpired(write, BlobsPerRound), cancellation).ConfigureAwait(false);
        }

        while (store.Read(read => BlobRows.ListRemoved(read, BlobsPerRound)) is { Count: > 0 } removed)
        {
            foreach (BlobId id in removed)
            {
                files.Delete(id);
            }

            await store.WriteAsync(
                write =>
                {
                    foreach (BlobId id in removed)
                    {
                        BlobRows.Forget(write, id);
                    }
                },
                cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await ReapAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (failure is ApplianceException or IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                report(failure);
            }
        }
        while (await WaitAsync(timer).ConfigureAwait(false));
    }

    private async Task<bool> WaitAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
