using System.Globalization;

namespace Appliance.Containers.Runtime;

/// <summary>What a control group counts; of version 2 where the machine has it, else of version 1.</summary>
internal static class CgroupEvents
{
    internal const string Root = "/sys/fs/cgroup";
    private const string KillCount = "oom_kill ";

    /// <summary>Whether the machine has the one hierarchy of version 2.</summary>
    public static bool IsUnified { get; } = File.Exists(Path.Combine(Root, "cgroup.controllers"));

    /// <summary>The file with the limit of all that this process sees: inside of a container, the container's.</summary>
    public static string OwnMemoryLimit { get; } = IsUnified ? $"{Root}/memory.max" : $"{Root}/memory/memory.limit_in_bytes";

    /// <summary>What the group's processes use; 0 where nobody counts.</summary>
    public static long ReadMemoryBytes(string cgroup)
    {
        string file = IsUnified ? $"{Root}{cgroup}/memory.current" : $"{Root}/memory{cgroup}/memory.usage_in_bytes";
        return File.Exists(file) ? long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>How many of the group's processes the kernel ended because their memory limit was reached.</summary>
    public static long CountOutOfMemory(string cgroup)
    {
        string file = IsUnified ? $"{Root}{cgroup}/memory.events" : $"{Root}/memory{cgroup}/memory.oom_control";
        try
        {
            string? line = File.ReadLines(file).FirstOrDefault(each => each.StartsWith(KillCount, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(KillCount.Length), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // The group is gone, or the machine has no memory controller.
            return 0;
        }
    }
}
