using Appliance.Blobs;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Contents;
using Appliance.Contents.Values;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Dicts;
using Appliance.Engine.Apps;
using Appliance.Engine.Functions;
using Appliance.Images;
using Appliance.Images.Catalog;
using Appliance.Metadata;
using Appliance.Metadata.Idempotency;
using Appliance.Mounts;
using Appliance.Objects;
using Appliance.Packages;
using Appliance.Queues;
using Appliance.Queues.Waiting;
using Appliance.Secrets;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Reading;
using Appliance.Volumes.Trees;
using Appliance.Volumes.Upkeep;
using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Server;

/// <summary>What keeps users' data, beside the metadata.</summary>
public sealed class StorageParts : IAsyncDisposable
{
    private StorageParts()
    {
    }

    public required BlockStore Blocks { get; init; }

    public required ContentStore Contents { get; init; }

    public required BlobStore Blobs { get; init; }

    public required AppContents Apps { get; init; }

    public required SecretVault Secrets { get; init; }

    public required ValueStore Values { get; init; }

    public required QueueWaiters QueueWaiters { get; init; }

    public required DictUses DictUses { get; init; }

    public required VersionPins VersionPins { get; init; }

    public required VolumePurger VolumePurger { get; init; }

    public required VolumeTrees VolumeTrees { get; init; }

    public required VolumeCommitter VolumeCommitter { get; init; }

    public required ImageLibrary Images { get; init; }

    public required Wheelhouse Wheelhouse { get; init; }

    public required ObjectReaper Reaper { get; init; }

    /// <summary>What tidies up in the background, and has to stop before the rest.</summary>
    public required IReadOnlyList<IAsyncDisposable> Sweepers { get; init; }

    public static async Task<StorageParts> OpenAsync(MetadataStore store, string dataDirectory, TimeProvider clock, ILoggerFactory logs)
    {
        Action<Exception> Later(string what) => LogFor(logs, what);
        SecretVault secrets = await SecretVault.OpenAsync(store, dataDirectory);
        if (secrets.Fault is { } fault)
        {
            logs.CreateLogger("Secrets").LogError("Secrets cannot be used: {Fault}", fault);
        }

        BlockStore blocks = BlockStore.Open(Path.Combine(dataDirectory, "blocks"), new CountedReferences(store), clock);
        ContentStore contents = ContentStore.Open(Path.Combine(dataDirectory, "contents"), store, blocks);
        var pins = new VersionPins(store);
        VolumePurger purger = await VolumePurger.OpenAsync(store, pins, Later("volumes"));
        VolumeTrees trees = await VolumeTrees.OpenAsync(Path.Combine(dataDirectory, "volumes"), store, contents, pins, Later("volume trees"));
        var waiters = new QueueWaiters(clock);
        var dictUses = new DictUses(clock);
        ImageLibrary images = ImageLibrary.Open(Path.Combine(dataDirectory, ImageLibrary.DirectoryName), store, clock, Later("images"));
        var apps = new AppContents();
        IObjectContents[] kinds =
        [
            apps,
            VolumeContents.Of<VolumeId>(trees),
            VolumeContents.Of<NetworkFileSystemId>(trees),
            new MountDirectory(MountId.Prefix),
            secrets,
            new NoContents(ProxyId.Prefix),
            new QueueContents(waiters),
            new DictContents(),
            new FunctionContents(),
            new ClassContents(),
        ];
        return new StorageParts
        {
            Apps = apps,
            Secrets = secrets,
            Blocks = blocks,
            Contents = contents,
            Blobs = BlobStore.Open(store, Path.Combine(dataDirectory, BlobStore.DirectoryName), clock, Later("blobs")),
            Values = new ValueStore(blocks),
            QueueWaiters = waiters,
            DictUses = dictUses,
            VersionPins = pins,
            VolumePurger = purger,
            VolumeTrees = trees,
            VolumeCommitter = new VolumeCommitter(store, purger, trees),
            Images = images,
            Wheelhouse = new Wheelhouse(dataDirectory),
            Reaper = new ObjectReaper(store, kinds, clock, Later("objects")),
            Sweepers =
            [
                new IdempotencySweeper(store, clock, Later("idempotency keys")),
                new QueueSweeper(store, clock, Later("queues")),
                new DictSweeper(store, dictUses, clock, Later("dicts")),
                new RepeatedWork(ImageCollector.Interval, clock, images.Collector.CollectAsync, Later("images")),
            ],
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Reaper.DisposeAsync();
        foreach (IAsyncDisposable sweeper in Sweepers)
        {
            await sweeper.DisposeAsync();
        }

        await Blobs.DisposeAsync();
        await Images.DisposeAsync();
        await VolumeTrees.DisposeAsync();
        await VolumePurger.DisposeAsync();
        await Blocks.DisposeAsync();
    }

    private static Action<Exception> LogFor(ILoggerFactory logs, string what)
    {
        ILogger log = logs.CreateLogger("Upkeep");
        return failure => log.LogError(failure, "Tidying up {What} failed and will be tried again.", what);
    }
}
