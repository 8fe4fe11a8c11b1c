using System.Threading.Channels;
using Appliance.Contents;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Volumes;
using Appliance.Native.Clocks;
using Appliance.Native.Files;
using Appliance.Volumes.Reading;

namespace Appliance.Volumes.Trees;

/// <summary>
/// Keeps every volume as directories of hard links, so that a container mounts it without a copy. A commit adds a layer
/// of what it changed; layers of similar size are built again as one, so that their number grows with the logarithm of
/// the volume's size, and each entry is linked that often at most.
/// </summary>
public sealed class VolumeTrees : IAsyncDisposable
{
    private readonly MetadataStore store;
    private readonly VersionPins pins;
    private readonly TreeLayout layout;
    private readonly InodeSource inodes;
    private readonly LayerBuilder builder;
    private readonly Action<Exception> report;
    private readonly VolumeTurns turns = new();
    private readonly LayerUse use = new();
    private readonly string bootId = BootId.Read();
    private readonly Channel<string> noticed = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    private VolumeTrees(MetadataStore store, ContentStore contents, VersionPins pins, TreeLayout layout, Action<Exception> report)
    {
        this.store = store;
        this.pins = pins;
        this.layout = layout;
        this.report = report;
        inodes = new InodeSource(contents, layout);
        builder = new LayerBuilder(store, inodes);
    }

    /// <summary>Clears away what a crash left behind, and begins to catch up with the volumes.</summary>
    /// <param name="directory">On the file system of the contents.</param>
    /// <param name="store">Where the volumes are.</param>
    /// <param name="contents">Where the files' bytes are.</param>
    /// <param name="pins">Holds versions that are being read.</param>
    /// <param name="report">Told what went wrong; the next commit or mount tries again.</param>
    public static async Task<VolumeTrees> OpenAsync(
        string directory, MetadataStore store, ContentStore contents, VersionPins pins, Action<Exception> report)
    {
        var layout = new TreeLayout(Path.GetFullPath(directory));
        string bootId = BootId.Read();
        await store.WriteAsync(write => VolumeLayers.RemoveDoubtful(write, bootId)).ConfigureAwait(false);
        TreeSweep.Run(store, layout);
        var trees = new VolumeTrees(store, contents, pins, layout, report);
        trees.KeepShown(bootId);
        foreach (VolumeRecord volume in store.Read(VolumeRows.List))
        {
            trees.Notice(volume.Id);
        }

        trees.loop = Task.Run(trees.RunAsync);
        return trees;
    }

    /// <summary>The volume has a new version, which is built in the background.</summary>
    public void Notice(string volumeId) => noticed.Writer.TryWrite(volumeId);

    /// <summary>Gives a file outside of the volumes, on the same file system, its bytes: without a copy wherever that can be.</summary>
    /// <exception cref="IOException">The content was removed, or the target is there.</exception>
    public void Place(FileContent content, int mode, string target) => inodes.Place(content, mode, target);

    /// <summary>The newest version as directories; waits while they are being built.</summary>
    /// <exception cref="ApplianceException">NotFound: no such volume.</exception>
    public async Task<VolumeView> OpenViewAsync(string volumeId, CancellationToken cancellation)
    {
        using IDisposable turn = await turns.TakeAsync(volumeId, cancellation).ConfigureAwait(false);
        await BuildAsync(volumeId, cancellation).ConfigureAwait(false);
        (VolumeRecord volume, List<VolumeLayerRecord> layers) = store.Read(read =>
        {
            VolumeRecord found = VolumeCatalog.Get(read, volumeId);
            return (found, VolumeLayers.List(read, found.Key));
        });
        string[] directories = [.. layers.AsEnumerable().Reverse().Select(layer => layout.Layer(volumeId, layer.Number))];
        use.Enter(directories);
        return ViewOf(layers[^1].ToVersion, directories);
    }

    /// <summary>The version that a working copy of an earlier run shows. Its layers were kept for it; there is one view of each.</summary>
    public VolumeView ResumeView(string volumeId, ShownVersion shown) => ViewOf(shown.Version, DirectoriesOf(volumeId, shown));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private VolumeView ViewOf(long version, string[] directories) =>
        new(version, directories, () => TreeSweep.Remove(use.Leave(directories)));

    private string[] DirectoriesOf(string volumeId, ShownVersion shown) =>
        [.. shown.Layers.Select(number => layout.Layer(volumeId, number))];

    /// <summary>Layers below containers that outlived the last run stay, replaced or not, until their working copies are closed.</summary>
    private void KeepShown(string bootId)
    {
        foreach (WorkingCopyRecord copy in store.Read(WorkingCopyRows.List).Where(copy => copy.BootId == bootId))
        {
            HashSet<string> known = store.Read(read => VolumeRows.Find(read, copy.VolumeId) is { } volume
                ? VolumeLayers.List(read, volume.Key).Select(layer => layout.Layer(copy.VolumeId, layer.Number)).ToHashSet()
                : []);
            string[] directories = DirectoriesOf(copy.VolumeId, copy.Shown);
            use.Enter(directories);
            foreach (string replaced in directories.Where(directory => !known.Contains(directory)))
            {
                use.TryDoom(replaced);
            }
        }
    }

    /// <summary>From which version on a new layer is built: below it lie only layers much larger than it will be.</summary>
    private long ChooseStart(VolumeRecord volume, List<VolumeLayerRecord> layers)
    {
        long start = layers.Count == 0 ? 0 : layers[^1].ToVersion;
        long count = store.Read(read => VolumeHistory.CountChanged(read, volume.Key, start, volume.Head));
        for (int index = layers.Count - 1; index >= 0 && layers[index].EntryCount <= 2 * count; index--)
        {
            start = layers[index].FromVersion;
            count = store.Read(read => VolumeHistory.CountChanged(read, volume.Key, start, volume.Head));
        }

        return start;
    }

    private async Task BuildAsync(string volumeId, CancellationToken cancellation)
    {
        using VersionPin pin = pins.Pin(read => VolumeCatalog.Get(read, volumeId));
        VolumeRecord volume = pin.Volume;
        List<VolumeLayerRecord> layers = store.Read(read => VolumeLayers.List(read, volume.Key));
        if (layers.Count > 0 && layers[^1].ToVersion == volume.Head)
        {
            return;
        }

        long start = ChooseStart(volume, layers);
        long number = layers.Select(layer => layer.Number).DefaultIfEmpty(0).Max() + 1;
        string part = layout.Part(volumeId, number);
        try
        {
            long count = builder.Build(volume, start, part, cancellation);
            Directory.Move(part, layout.Layer(volumeId, number));
            var built = new VolumeLayerRecord(number, start, volume.Head, count, bootId);
            await store.WriteAsync(write => VolumeLayers.Add(write, volume.Key, built), CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            TreeSweep.Remove([part]);
            throw;
        }

        TreeSweep.Remove(layers.Where(layer => layer.FromVersion >= start)
            .Select(layer => layout.Layer(volumeId, layer.Number))
            .Where(use.TryDoom));
    }

    private async Task RunAsync()
    {
        try
        {
            while (await noticed.Reader.WaitToReadAsync(stop.Token).ConfigureAwait(false))
            {
                HashSet<string> due = [];
                while (noticed.Reader.TryRead(out string? volumeId))
                {
                    due.Add(volumeId);
                }

                await CatchUpAsync(due).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped; the next start goes on.
        }
    }

    private async Task CatchUpAsync(IEnumerable<string> volumeIds)
    {
        foreach (string volumeId in volumeIds)
        {
            try
            {
                using IDisposable turn = await turns.TakeAsync(volumeId, stop.Token).ConfigureAwait(false);
                await BuildAsync(volumeId, stop.Token).ConfigureAwait(false);
            }
            catch (ApplianceException gone) when (gone.Kind == ErrorKind.NotFound)
            {
                TreeSweep.RemoveVolume(layout.Volume(volumeId), use);
            }
            catch (Exception failure) when (failure is ApplianceException or IOException or UnauthorizedAccessException)
            {
                report(failure);
            }
        }

        await MakeDurableAsync().ConfigureAwait(false);
    }

    /// <summary>After a power failure, only what was synced is trusted; the rest is built again.</summary>
    private async Task MakeDurableAsync()
    {
        (long Volume, long Number)[] doubtful = store.Read(read => VolumeLayers.ListDoubtful(read));
        if (doubtful.Length == 0)
        {
            return;
        }

        PosixFile.SyncFileSystem(layout.Directory);
        await store.WriteAsync(
            write =>
            {
                foreach ((long volume, long number) in doubtful)
                {
                    VolumeLayers.MarkDurable(write, volume, number);
                }
            },
            stop.Token).ConfigureAwait(false);
    }
}
