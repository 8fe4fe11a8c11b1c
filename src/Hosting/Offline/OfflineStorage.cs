using Appliance.Admin.Clients;
using Appliance.Admin.Images;
using Appliance.Admin.Space;
using Appliance.Admin.Transfers;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Containers.Runtime;
using Appliance.Contents;
using Appliance.Core.Errors;
using Appliance.Engine.Removal;
using Appliance.Hosting.Settings;
using Appliance.Identity.Workspaces;
using Appliance.Images;
using Appliance.Metadata;
using Appliance.Mounts.Clients;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Reading;
using Appliance.Volumes.Trees;
using Appliance.Volumes.Upkeep;

namespace Appliance.Hosting.Offline;

/// <summary>The stores of a data directory on which no server runs. While this is open, none can be started.</summary>
public sealed class OfflineStorage : IAsyncDisposable
{
    private readonly MetadataStore store;
    private readonly BlockStore blocks;
    private readonly VolumePurger purger;
    private readonly VolumeTrees trees;
    private readonly ImageLibrary images;
    private readonly SpaceSurveyor surveyor;

    private OfflineStorage(
        MetadataStore store, BlockStore blocks, VolumePurger purger, VolumeTrees trees, ImageLibrary images, SpaceSurveyor surveyor)
    {
        this.images = images;
        this.store = store;
        this.blocks = blocks;
        this.purger = purger;
        this.trees = trees;
        this.surveyor = surveyor;
    }

    public required ISpaceDesk Space { get; init; }

    public required IVolumeDesk Volumes { get; init; }

    public required IImageDesk Images { get; init; }

    public required IClientDesk Clients { get; init; }

    /// <summary>Opens the data directory.</summary>
    /// <param name="dataDirectory">Where a server has run at least once.</param>
    /// <param name="report">Told what went wrong in the background; the server will try it again.</param>
    /// <exception cref="ApplianceException">NotFound: it holds no data. Unavailable: it is in use.</exception>
    public static async Task<OfflineStorage> OpenAsync(string dataDirectory, Action<Exception> report)
    {
        if (!File.Exists(Path.Combine(dataDirectory, MetadataStore.FileName)))
        {
            throw new ApplianceException(
                ErrorKind.NotFound, $"'{dataDirectory}' holds no appliance data: name the right --data directory, or start 'appliance serve' once.");
        }

        TimeProvider clock = TimeProvider.System;
        MetadataStore store = await MetadataStore.OpenAsync(dataDirectory, clock);
        try
        {
            WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(store, SettingKeys.Workspace.Default!);
            BlockStore blocks = BlockStore.Open(Path.Combine(dataDirectory, "blocks"), new CountedReferences(store), clock);
            var pins = new VersionPins(store);
            VolumePurger purger = await VolumePurger.OpenAsync(store, pins, report);
            ContentStore contents = ContentStore.Open(Path.Combine(dataDirectory, "contents"), store, blocks);
            string volumes = Path.Combine(dataDirectory, "volumes");
            VolumeTrees trees = await VolumeTrees.OpenAsync(volumes, store, contents, pins, report);
            var stores = new StorageStores(
                dataDirectory,
                store,
                blocks,
                contents,
                new TreeVariants(volumes),
                new EndedSandboxes(store, Path.Combine(dataDirectory, TaskDirectory.ParentName), RetentionRules.KeepAll, clock));
            var surveyor = new SpaceSurveyor(stores, clock);
            ImageLibrary images = ImageLibrary.Open(Path.Combine(dataDirectory, ImageLibrary.DirectoryName), store, clock, report);
            return new OfflineStorage(store, blocks, purger, trees, images, surveyor)
            {
                Images = new LocalImageDesk(images, clock),
                Clients = new LocalClientDesk(new ClientLibraries(store, contents, workspace.Id)),
                Space = new LocalSpaceDesk(stores, surveyor, new StorageCleanup(stores, clock), TimeSpan.Zero, clock),
                Volumes = new LocalVolumeDesk(store, contents, pins, new VolumeCommitter(store, purger, trees), workspace),
            };
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        surveyor.Dispose();
        await images.DisposeAsync();
        await trees.DisposeAsync();
        await purger.DisposeAsync();
        await blocks.DisposeAsync();
        await store.DisposeAsync();
    }
}
