using Appliance.Containers.Gvisor;
using Appliance.Containers.Runtime;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Transactions;
using Appliance.Native.Directories;
using Appliance.Native.Files;

namespace Appliance.Engine.Snapshots.Functions;

/// <summary>
/// Memory snapshots of functions on the disk, each a directory: the memory of somebody's processes with all secrets in it,
/// and what they had changed in their image. A directory gets its name when it is whole, and its name says what it is of use
/// for: key, dot, the task it was made of. There is no other note of it.
/// </summary>
/// <param name="dataDirectory">Of the appliance.</param>
/// <param name="store">Knows functions, and which containers run.</param>
public sealed class FunctionSnapshotFiles(string dataDirectory, MetadataStore store)
{
    public const string FolderName = "function-snapshots";

    private const string ChangesName = "changes";
    private const string WholeName = "complete";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string root = Path.Combine(dataDirectory, FolderName);

    public string DirectoryOf(string name) => Path.Combine(root, name);

    /// <summary>What lies above the image in a container that goes on from the snapshot.</summary>
    public string ChangesOf(string name) => Path.Combine(DirectoryOf(name), ChangesName);

    /// <summary>The name of a snapshot of a key; null when there is none that is whole.</summary>
    public string? Find(string key)
    {
        foreach (string name in ListNames())
        {
            if (name.StartsWith(key + ".", StringComparison.Ordinal) && IsWhole(name))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>How many there are that are of no use any more, and what they take.</summary>
    public (int Count, long Bytes) Preview() => Measure(ListUnused());

    /// <summary>Removes those that are of no use any more.</summary>
    public (int Count, long Bytes) Collect()
    {
        List<string> unused = ListUnused();
        (int Count, long Bytes) sum = Measure(unused);
        foreach (string name in unused)
        {
            TreeRemoval.Remove(DirectoryOf(name));
        }

        return sum;
    }

    /// <summary>Where gVisor writes the memory of a task; goes with the task unless it is published.</summary>
    internal static string DraftOf(TaskDirectory task) => Path.Combine(task.Scratch, "checkpoint");

    /// <summary>Makes what was written of an ended task a snapshot, with its changes. Durable when this answers.</summary>
    /// <exception cref="IOException">The disk.</exception>
    internal void Publish(string key, TaskDirectory task)
    {
        string draft = DraftOf(task);
        Directory.CreateDirectory(root, OwnerOnly);
        PosixFile.Rename(task.Changes, Path.Combine(draft, ChangesName));

        // The changes were in an overlay that does not sync.
        PosixFile.SyncFileSystem(root);
        PosixFile.Rename(draft, DirectoryOf($"{key}.{Path.GetFileName(task.Root)}"));
        PosixFile.SyncFileSystem(root);
        Collect();
    }

    /// <summary>Uses a snapshot no more. What runs from it keeps its files until it ends.</summary>
    internal void Drop(string name)
    {
        if (Directory.Exists(DirectoryOf(name)))
        {
            File.Delete(Path.Combine(DirectoryOf(name), WholeName));
            Collect();
        }
    }

    private bool IsWhole(string name) => Checkpoint.Find(DirectoryOf(name)) is not null && Directory.Exists(ChangesOf(name));

    private IEnumerable<string> ListNames() => Directory.Exists(root) ? Directory.GetDirectories(root).Select(path => Path.GetFileName(path)) : [];

    /// <summary>Those that nothing runs from and that nothing will start from.</summary>
    private List<string> ListUnused()
    {
        // Names end with tasks, and ids of later tasks are greater: the kernel's time has a tick of some milliseconds.
        string[] present =
        [
            .. ListNames().OrderByDescending(name => Directory.GetLastWriteTimeUtc(DirectoryOf(name)))
                .ThenByDescending(name => name[(name.LastIndexOf('.') + 1)..], StringComparer.Ordinal),
        ];
        return present.Length == 0 ? [] : store.Read(read =>
        {
            HashSet<string> running = ListRunning(read);
            HashSet<string> served = [];
            List<string> unused = [];
            foreach (string name in present)
            {
                // Of several of one definition the newest counts: something else has changed since, such as a secret.
                bool isOfUse = IsWhole(name) && IsCurrent(read, name, out string definition) && served.Add(definition);
                if (!isOfUse && !running.Contains(name))
                {
                    unused.Add(name);
                }
            }

            return unused;
        });
    }

    private HashSet<string> ListRunning(ReadTransaction read)
    {
        HashSet<string> running = [];
        foreach (SandboxRecord live in SandboxRows.ListLive(read))
        {
            if (live.FunctionId is not null)
            {
                running.Add(FunctionStart.Load(new TaskDirectory(Path.Combine(dataDirectory, TaskDirectory.ParentName, live.TaskId.Text))).Snapshot);
            }
        }

        return running;
    }

    private static bool IsCurrent(ReadTransaction read, string name, out string definition)
    {
        string[] parts = name.Split('.');
        definition = parts.Length > 1 ? $"{parts[0]}.{parts[1]}" : "";
        return parts.Length > 1
            && FunctionRows.Find(read, FunctionId.FromText(parts[0])) is { } function
            && AppRows.Find(read, function.AppId) is { State: not AppLife.Stopped }
            && FunctionDirectory.FindDefinition(read, function)?.Id.Text == parts[1];
    }

    private (int Count, long Bytes) Measure(List<string> names)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return (names.Count, names.Sum(name => new DirectoryInfo(DirectoryOf(name)).EnumerateFiles("*", options).Sum(file => file.Length)));
    }
}
