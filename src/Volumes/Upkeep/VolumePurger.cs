using System.Threading.Channels;
using Appliance.Contents;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Reading;

namespace Appliance.Volumes.Upkeep;

/// <summary>
/// Removes, in the background and bit by bit, entries of versions that nobody needs any more, and what commits left
/// that were cut short.
/// </summary>
public sealed class VolumePurger : IAsyncDisposable
{
    private const int EntriesPerWrite = 300;

    private readonly MetadataStore store;
    private readonly VersionPins pins;
    private readonly Action<Exception> report;
    private readonly Channel<string> noticed = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    private VolumePurger(MetadataStore store, VersionPins pins, Action<Exception> report)
    {
        this.store = store;
        this.pins = pins;
        this.report = report;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Takes back what the last run left unfinished, and begins to work.</summary>
    /// <param name="store">Where the volumes are.</param>
    /// <param name="pins">Which old versions are in use.</param>
    /// <param name="report">Told what went wrong; the next commit tries again.</param>
    public static async Task<VolumePurger> OpenAsync(MetadataStore store, VersionPins pins, Action<Exception> report)
    {
        var purger = new VolumePurger(store, pins, report);
        foreach (VolumeRecord volume in store.Read(VolumeRows.List))
        {
            if (volume.IsStaging)
            {
                await purger.TakeBackAsync(volume).ConfigureAwait(false);
            }

            purger.Notice(volume.Id);
        }

        return purger;
    }

    /// <summary>A new version of the volume was made, so an old one may have become useless.</summary>
    public void Notice(string volumeId) => noticed.Writer.TryWrite(volumeId);

    /// <summary>Takes back what an unfinished commit wrote.</summary>
    public async Task TakeBackAsync(VolumeRecord volume)
    {
        while (await store.WriteAsync(write => Unstage(write, volume)).ConfigureAwait(false))
        {
        }
    }

    /// <summary>Removes what can be removed of the volume now.</summary>
    public async Task PurgeAsync(string volumeId, CancellationToken cancellation)
    {
        long floor = pins.FloorOf(volumeId);
        if (store.Read(read => VolumeRows.Find(read, volumeId)) is not { } volume)
        {
            return;
        }

        while (await store.WriteAsync(write => Release(write, VolumeHistory.Purge(write, volume.Key, floor, EntriesPerWrite)), cancellation)
            .ConfigureAwait(false))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private static bool Unstage(WriteTransaction write, VolumeRecord volume)
    {
        bool hasMore = Release(write, VolumeHistory.Unstage(write, volume.Key, volume.Head, EntriesPerWrite));
        if (!hasMore)
        {
            VolumeRows.EndCommit(write, volume.Key, volume.Head);
        }

        return hasMore;
    }

    /// <returns>Whether there may be more.</returns>
    internal static bool Release(WriteTransaction write, List<VolumeEntryRecord> removed)
    {
        foreach (VolumeEntryRecord entry in removed.Where(entry => entry.Kind == VolumeEntryKind.File))
        {
            ContentReferences.Remove(write, VolumeEntry.ContentOf(entry));
        }

        return removed.Count == EntriesPerWrite;
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (string volumeId in noticed.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await PurgeAsync(volumeId, stop.Token).ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is ApplianceException or IOException or InvalidOperationException)
                {
                    report(failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped; the rest is done after the next start.
        }
    }
}
