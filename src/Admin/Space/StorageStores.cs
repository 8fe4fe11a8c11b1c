using Appliance.Blocks;
using Appliance.Contents;
using Appliance.Engine.Removal;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Engine.Snapshots.Memory;
using Appliance.Metadata;
using Appliance.Native.Files;
using Appliance.Volumes.Trees;

namespace Appliance.Admin.Space;

/// <summary>Everything that holds space.</summary>
/// <param name="Directory">The data directory.</param>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Blocks">Its blocks.</param>
/// <param name="Contents">Its long files.</param>
/// <param name="Variants">Its files with other permissions.</param>
/// <param name="Sandboxes">What sandboxes left.</param>
public sealed record StorageStores(
    string Directory, MetadataStore Metadata, BlockStore Blocks, ContentStore Contents, TreeVariants Variants, EndedSandboxes Sandboxes)
{
    /// <summary>The memory of sandboxes that others go on from.</summary>
    public MemorySnapshotFiles Memory { get; } = new(Directory, Metadata);

    /// <summary>The memory of functions' containers that others go on from.</summary>
    public FunctionSnapshotFiles Functions { get; } = new(Directory, Metadata);

    public DiskSpace ReadDisk() => DiskSpace.Of(Directory);
}
