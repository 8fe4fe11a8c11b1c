using Appliance.Blocks.Upkeep;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Volumes.Trees;

namespace Appliance.Admin.Space;

/// <summary>Removes what is of no use any more: what nothing refers to, what no tree needs, what was given up.</summary>
public sealed class StorageCleanup(StorageStores stores, TimeProvider clock)
{
    /// <summary>Removes it, little by little, so that calls and uploads go on undisturbed.</summary>
    /// <param name="grace">How long something must have been of no use.</param>
    /// <param name="unfinishedAge">How long nothing must have been added to an unfinished upload.</param>
    /// <param name="allEnded">Whether all sandboxes that have ended go, and not only those that ended long ago.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    public async Task<IReadOnlyList<PruneItem>> RunAsync(TimeSpan grace, TimeSpan unfinishedAge, bool allEnded, CancellationToken cancellation)
    {
        DateTimeOffset limit = clock.GetUtcNow() - grace;
        (_, long contentBytes) = stores.Contents.Collector.ReadCollectable(limit);
        int contents = await stores.Contents.Collector.CollectUnreferencedAsync(limit, cancellation);
        (int unfinished, long unfinishedBytes) = stores.Contents.Collector.CollectUnfinished(clock.GetUtcNow() - unfinishedAge, cancellation);
        VariantUsage variants = stores.Variants.Collect(limit, cancellation);
        CollectionReport blocks = await stores.Blocks.CollectAsync(grace, cancellation);
        (long sandboxes, long sandboxBytes) = await stores.Sandboxes.RemoveAsync(grace, allEnded, cancellation);
        (int snapshots, long snapshotBytes) = stores.Memory.Collect(clock.GetUtcNow());
        (int functions, long functionBytes) = stores.Functions.Collect();
        return
        [
            new PruneItem(SpaceKinds.Blocks, blocks.RemovedCount, blocks.RemovedBytes),
            new PruneItem(SpaceKinds.Contents, contents, contentBytes),
            new PruneItem(SpaceKinds.Unfinished, unfinished, unfinishedBytes),
            new PruneItem(SpaceKinds.Variants, variants.Count, variants.Bytes),
            new PruneItem(SpaceKinds.EndedSandboxes, sandboxes, sandboxBytes),
            new PruneItem(SpaceKinds.MemorySnapshots, snapshots, snapshotBytes),
            new PruneItem(FunctionSnapshotFiles.FolderName, functions, functionBytes),
        ];
    }

    /// <summary>What <see cref="RunAsync"/> would remove.</summary>
    public async Task<IReadOnlyList<PruneItem>> PreviewAsync(TimeSpan grace, TimeSpan unfinishedAge, bool allEnded, CancellationToken cancellation)
    {
        DateTimeOffset limit = clock.GetUtcNow() - grace;
        BlockSurvey blocks = await stores.Blocks.SurveyAsync(grace, cancellation);
        (long contents, long contentBytes) = stores.Contents.Collector.ReadCollectable(limit);
        (int unfinished, long unfinishedBytes) = stores.Contents.Collector.ReadUnfinished(clock.GetUtcNow() - unfinishedAge);
        (_, VariantUsage variants) = stores.Variants.Survey(limit, cancellation);
        (long sandboxes, long sandboxBytes) = stores.Sandboxes.Preview(grace, allEnded, cancellation);
        (int snapshots, long snapshotBytes) = stores.Memory.Preview(clock.GetUtcNow());
        (int functions, long functionBytes) = stores.Functions.Preview();
        return
        [
            new PruneItem(SpaceKinds.Blocks, blocks.Collectable.BlockCount, blocks.Collectable.Bytes),
            new PruneItem(SpaceKinds.Contents, contents, contentBytes),
            new PruneItem(SpaceKinds.Unfinished, unfinished, unfinishedBytes),
            new PruneItem(SpaceKinds.Variants, variants.Count, variants.Bytes),
            new PruneItem(SpaceKinds.EndedSandboxes, sandboxes, sandboxBytes),
            new PruneItem(SpaceKinds.MemorySnapshots, snapshots, snapshotBytes),
            new PruneItem(FunctionSnapshotFiles.FolderName, functions, functionBytes),
        ];
    }
}
