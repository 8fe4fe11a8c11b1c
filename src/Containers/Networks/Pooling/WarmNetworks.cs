using System.Collections.Concurrent;
using Appliance.Core.Errors;
using Microsoft.Extensions.Logging;

namespace Appliance.Containers.Networks.Pooling;

/// <summary>Keeps a number of networks ready, made in the background.</summary>
internal sealed class WarmNetworks(NetworkBuilder builder, int count, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<ContainerNetwork> ready = new();
    private readonly SemaphoreSlim missing = new(0);
    private readonly CancellationTokenSource stop = new();
    private Task filling = Task.CompletedTask;

    public IReadOnlyCollection<ContainerNetwork> Ready => ready;

    public void Start()
    {
        if (count > 0)
        {
            missing.Release(count);
            filling = Task.Run(FillAsync);
        }
    }

    public ContainerNetwork? TryTake()
    {
        if (!ready.TryDequeue(out ContainerNetwork? network))
        {
            return null;
        }

        missing.Release();
        return network;
    }

    /// <summary>Ends the filling and removes what is ready. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await filling.ConfigureAwait(false);
        while (ready.TryDequeue(out ContainerNetwork? network))
        {
            try
            {
                builder.Remove(network);
            }
            catch (IOException)
            {
                // The next start sweeps it.
            }
        }
    }

    private async Task FillAsync()
    {
        try
        {
            while (true)
            {
                await missing.WaitAsync(stop.Token).ConfigureAwait(false);
                await FillOneAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // It is being disposed.
        }
    }

    private async Task FillOneAsync()
    {
        try
        {
            ready.Enqueue(builder.Create());
        }
        catch (Exception failure) when (failure is IOException or ApplianceException)
        {
            NetworkLog.NotFilled(logger, failure);
            await Task.Delay(Pause, clock, stop.Token).ConfigureAwait(false);
            missing.Release();
        }
    }
}
