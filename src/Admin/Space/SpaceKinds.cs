using Appliance.Containers.Runtime;
using Appliance.Core.Ids;

namespace Appliance.Admin.Space;

/// <summary>The words for what takes space. They are printed, and scripts depend on them.</summary>
internal static class SpaceKinds
{
    public const string Blocks = "blocks";
    public const string Contents = "contents";
    public const string Unfinished = "unfinished uploads";
    public const string Trees = "volume trees";
    public const string Variants = "tree variants";
    public const string Sandboxes = "sandboxes";
    public const string EndedSandboxes = "ended sandboxes";
    public const string Metadata = "metadata";
    public const string Log = "metadata log";
    public const string MemorySnapshots = "memory-snapshots";
    public const string Damaged = "damaged blocks";

    /// <summary>Folders of the data directory that are counted by themselves.</summary>
    public static readonly IReadOnlySet<string> CountedFolders = new HashSet<string> { "blocks", "contents", "volumes", TaskDirectory.ParentName };

    public static string OfPrefix(string prefix) =>
        prefix == VolumeId.Prefix ? "volumes"
        : prefix == NetworkFileSystemId.Prefix ? "network file systems"
        : prefix == MountId.Prefix ? "mounts"
        : prefix == DictId.Prefix ? "dicts"
        : prefix == QueueId.Prefix ? "queues"
        : prefix == SecretId.Prefix ? "secrets"
        : prefix == BlobId.Prefix ? "blobs"
        : prefix == ProxyId.Prefix ? "proxies"
        : prefix == AppId.Prefix ? "apps"
        : prefix;

    public static bool HasFiles(string prefix) =>
        prefix == VolumeId.Prefix || prefix == NetworkFileSystemId.Prefix || prefix == MountId.Prefix;
}
