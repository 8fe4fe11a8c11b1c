using Appliance.Images.Layers.Trees;
using Appliance.Metadata;
using Appliance.Metadata.Images;
using Appliance.Native.Directories;

namespace Appliance.Images.Layers;

/// <summary>Removes, in the background, what an earlier run left: half-made layers, and half-removed ones.</summary>
internal sealed class LayerSweep : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task work;

    private LayerSweep(IReadOnlyList<string> leftovers, Action<Exception> report) => work = Task.Run(() => Run(leftovers, report));

    /// <summary>Looks for them at once, before this run makes layers of its own.</summary>
    public static LayerSweep Begin(string directory, MetadataStore store, Action<Exception> report)
    {
        HashSet<string> known = store.Read(ImageLayerRows.List).Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
        return new LayerSweep([.. Directory.EnumerateDirectories(directory).Where(path => !known.Contains(Path.GetFileName(path)))], report);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await work.ConfigureAwait(false);
        stop.Dispose();
    }

    private void Run(IReadOnlyList<string> leftovers, Action<Exception> report)
    {
        foreach (string leftover in leftovers)
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            try
            {
                TreeRemoval.Remove(leftover);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                report(failure);
            }
        }
    }
}
