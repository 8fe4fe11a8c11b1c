using Appliance.Containers.Runtime;
using Appliance.Containers.Shims;
using Appliance.Native.Directories;
using Appliance.Native.Mounts;

namespace Appliance.Containers.Removal;

/// <summary>Ends every container of an appliance and removes what they live through, whether or not a server runs.</summary>
public static class RunRemoval
{
    private const string MountTable = "/proc/self/mountinfo";
    private const string CgroupRoot = "/sys/fs/cgroup";
    private const int MountPointColumn = 4;

    /// <exception cref="IOException">Something is still in use.</exception>
    public static async Task RemoveAsync(RunDirectory run)
    {
        var programs = new Lazy<ShimPrograms>(() => ShimPrograms.Locate(run.Programs));
        foreach (string bundle in run.ListBundles())
        {
            await BundleSweep.RemoveAsync(bundle, programs.Value.Runc, run.RuntimeState);
        }

        // Shims that do not answer, and what nobody has a bundle for any more.
        foreach (int process in RunProcesses.Of(run))
        {
            RunProcesses.Kill(process);
        }

        // What lies on top was mounted later.
        foreach (string mounted in MountsBelow(run.Root).Reverse())
        {
            FileSystemMount.DetachAll(mounted);
        }

        TreeRemoval.Remove(run.Root);
        RemoveGroups(run.Instance);
    }

    /// <summary>Removes empty control groups of appliances whose run directories are gone; a boot, or a kill, leaves them.</summary>
    public static void RemoveStaleGroups(string parent, TimeProvider clock)
    {
        DateTimeOffset old = clock.GetUtcNow() - StaleRuns.Age;
        foreach (string group in GroupsOf("").SelectMany(Directory.GetDirectories))
        {
            string instance = Path.GetFileName(group);
            if (RunDirectory.IsInstance(instance) && !Directory.Exists(Path.Combine(parent, instance)) && Directory.GetLastWriteTimeUtc(group) < old)
            {
                RemoveGroup(group);
            }
        }
    }

    internal static IReadOnlyList<string> MountsBelow(string root) =>
    [
        .. File.ReadLines(MountTable)
            .Select(line => line.Split(' ')[MountPointColumn].Replace("\\040", " ", StringComparison.Ordinal))
            .Where(mounted => mounted.StartsWith(root + "/", StringComparison.Ordinal)),
    ];

    /// <summary>Control groups are in one hierarchy, or in one for each controller; each is a directory that must be empty.</summary>
    private static void RemoveGroups(string instance)
    {
        foreach (string group in GroupsOf(instance))
        {
            RemoveGroup(group);
        }
    }

    private static void RemoveGroup(string group)
    {
        try
        {
            foreach (string directory in Directory.GetDirectories(group).Append(group))
            {
                TryRemoveGroup(directory);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Another server removes it, too.
        }
    }

    /// <summary>The directories of an appliance's control groups, one for each hierarchy that has some.</summary>
    internal static IEnumerable<string> GroupsOf(string instance)
    {
        string[] hierarchies = CgroupEvents.IsUnified ? [CgroupRoot] : Directory.Exists(CgroupRoot) ? Directory.GetDirectories(CgroupRoot) : [];
        return hierarchies.Select(hierarchy => $"{hierarchy}/appliance/{instance}".TrimEnd('/')).Where(Directory.Exists);
    }

    private static void TryRemoveGroup(string directory)
    {
        try
        {
            // Only the kernel's own files are in it: they go with the directory, and cannot be deleted one by one.
            GroupDirectory.Remove(directory);
        }
        catch (IOException)
        {
            // A process in it is on its way out; an empty group costs nothing.
        }
    }
}
