using Appliance.Images.Layers;
using Appliance.Images.Layers.Trees;
using Appliance.Metadata;
using Appliance.Metadata.Images;

namespace Appliance.Images.Catalog;

/// <summary>Removes images whose time has passed, and the files of those that were removed, once nobody holds them.</summary>
public sealed class ImageCollector(MetadataStore store, LayerStore layers, ImagePins pins, TimeProvider clock)
{
    /// <summary>
    /// How often it runs in a server, and how long after the start first: by then whoever took up containers of an earlier
    /// run has pinned their images.
    /// </summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private const int ExpiredPerWrite = 100;

    /// <summary>Does all there is to do now.</summary>
    /// <returns>How many layers went, and the lengths of their files.</returns>
    public async Task<TreeMeasure> CollectAsync(CancellationToken cancellation)
    {
        await ExpireAsync(cancellation).ConfigureAwait(false);
        foreach (ImageRecord removed in store.Read(ImageRows.ListRemoved))
        {
            await TryForgetAsync(removed, cancellation).ConfigureAwait(false);
        }

        return await layers.CollectAsync(cancellation).ConfigureAwait(false);
    }

    private async Task ExpireAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        while (store.Read(read => ImageRows.ListExpired(read, now, 1)).Count > 0)
        {
            await store.WriteAsync(
                write =>
                {
                    // Found again in the transaction: its time may have been moved meanwhile.
                    foreach (ImageRecord expired in ImageRows.ListExpired(write, now, ExpiredPerWrite))
                    {
                        ImageDirectory.Remove(write, expired);
                    }
                },
                cancellation).ConfigureAwait(false);
        }
    }

    private async Task TryForgetAsync(ImageRecord removed, CancellationToken cancellation)
    {
        if (!pins.TryDoom(removed.Id))
        {
            return;
        }

        try
        {
            await store.WriteAsync(
                write =>
                {
                    ImageLayerRows.RemoveUses(write, removed.Key);
                    ImageRows.Delete(write, removed.Key);
                },
                cancellation).ConfigureAwait(false);
        }
        finally
        {
            pins.Spare(removed.Id);
        }
    }
}
