using Appliance.Containers.Gvisor;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Snapshots;
using Appliance.Native.Directories;

namespace Appliance.Engine.Snapshots.Memory;

/// <summary>
/// What memory snapshots keep on the disk, each in a directory of its own: the memory of somebody's processes, with all
/// secrets in it. The file system beside it is an image, and the snapshot lives as long as that image.
/// </summary>
/// <param name="dataDirectory">Of the appliance.</param>
/// <param name="store">Knows which are of use.</param>
public sealed class MemorySnapshotFiles(string dataDirectory, MetadataStore store)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string root = Path.Combine(dataDirectory, "memory-snapshots");

    public string DirectoryOf(MemorySnapshotId id) => Path.Combine(root, id.Text);

    /// <summary>Null when it is not there, or not whole.</summary>
    public Checkpoint? Find(MemorySnapshotId id) => Checkpoint.Find(DirectoryOf(id));

    /// <summary>How many there are that are of no use any more, and what they take.</summary>
    public (int Count, long Bytes) Preview(DateTimeOffset now) => Measure(ListUnused(now));

    /// <summary>Removes what belongs to no snapshot, or to one whose image was removed or has expired.</summary>
    public (int Count, long Bytes) Collect(DateTimeOffset now)
    {
        IReadOnlyList<string> unused = ListUnused(now);
        (int Count, long Bytes) sum = Measure(unused);
        foreach (string path in unused)
        {
            TreeRemoval.Remove(path);
        }

        return sum;
    }

    internal string Create(MemorySnapshotId id)
    {
        Directory.CreateDirectory(root, OwnerOnly);
        return Directory.CreateDirectory(DirectoryOf(id), OwnerOnly).FullName;
    }

    internal void Remove(MemorySnapshotId id) => TreeRemoval.Remove(DirectoryOf(id));

    /// <summary>The directories are listed first: one that is made meanwhile has a row.</summary>
    private IReadOnlyList<string> ListUnused(DateTimeOffset now)
    {
        string[] present = Directory.Exists(root) ? Directory.GetDirectories(root) : [];
        HashSet<string> used = [.. store.Read(read => MemorySnapshotRows.ListIds(read, now))];
        return [.. present.Where(path => !used.Contains(Path.GetFileName(path)))];
    }

    private static (int Count, long Bytes) Measure(IReadOnlyList<string> directories) =>
        (directories.Count, directories.Sum(path => new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Length)));
}
