using Appliance.Images.Layers;
using Appliance.Images.Registries.Transport;

namespace Appliance.Images.Registries.Layers;

/// <summary>
/// The layers of one pull. Several come at a time, in the order in which they are unpacked; what is opened first is begun
/// at once.
/// </summary>
internal sealed class LayerDownloads(
    RegistryClient client, LayerStore layers, string directory, Action<long> progress, CancellationToken cancellation) : IAsyncDisposable
{
    private const int ParallelMax = 4;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim turns = new(ParallelMax);
    private readonly Dictionary<string, LayerDownload> downloads = new(StringComparer.Ordinal);

    /// <summary>Begins, or at least queues, a download; once for each digest.</summary>
    public LayerDownload Begin(RemoteLayer layer)
    {
        lock (gate)
        {
            if (!downloads.TryGetValue(layer.Digest, out LayerDownload? download))
            {
                downloads[layer.Digest] = download = new LayerDownload(client, layer, directory, layers.NewRoom(), progress, cancellation);
                download.Work = RunAsync(download);
            }

            return download;
        }
    }

    /// <summary>Leaves what is not unpacked to a later pull.</summary>
    public void Keep()
    {
        lock (gate)
        {
            foreach (LayerDownload download in downloads.Values)
            {
                download.Keep();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(downloads.Values.Select(download => download.DisposeAsync().AsTask())).ConfigureAwait(false);
        turns.Dispose();
    }

    private async Task RunAsync(LayerDownload download)
    {
        // A download that is given up while it waits ends as soon as it begins.
        await turns.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await download.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            turns.Release();
        }
    }
}
