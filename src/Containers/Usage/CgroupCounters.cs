using System.Globalization;

namespace Appliance.Containers.Usage;

/// <summary>What the kernel has counted of a control group; of version 2 where the machine has it, else of version 1.</summary>
/// <param name="CpuNanoseconds">Time on all cores together.</param>
/// <param name="MemoryBytes">Now, without files that are cached and were not used lately.</param>
/// <param name="MemoryPeakBytes">The most so far, caches included; 0 where the kernel does not count it.</param>
internal readonly record struct CgroupCounters(long CpuNanoseconds, long MemoryBytes, long MemoryPeakBytes)
{
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>Null when the group is gone.</summary>
    /// <param name="cgroup">From the hierarchy's root.</param>
    /// <param name="root">Where hierarchies are mounted.</param>
    /// <param name="isUnified">Whether there is one for all, of version 2.</param>
    public static CgroupCounters? TryRead(string cgroup, string root, bool isUnified)
    {
        try
        {
            return isUnified ? ReadUnified(root + cgroup) : ReadSplit($"{root}/cpuacct{cgroup}", $"{root}/memory{cgroup}");
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static CgroupCounters ReadUnified(string group)
    {
        string peak = $"{group}/memory.peak";
        return new CgroupCounters(
            Field($"{group}/cpu.stat", "usage_usec ") * NanosecondsPerMicrosecond,
            Math.Max(0, Number($"{group}/memory.current") - Field($"{group}/memory.stat", "inactive_file ")),
            File.Exists(peak) ? Number(peak) : 0);
    }

    private static CgroupCounters ReadSplit(string cpu, string memory) => new(
        Number($"{cpu}/cpuacct.usage"),
        Math.Max(0, Number($"{memory}/memory.usage_in_bytes") - Field($"{memory}/memory.stat", "total_inactive_file ")),
        Number($"{memory}/memory.max_usage_in_bytes"));

    private static long Number(string file) => long.Parse(File.ReadAllText(file).AsSpan().Trim(), CultureInfo.InvariantCulture);

    private static long Field(string file, string name)
    {
        string? line = File.ReadLines(file).FirstOrDefault(each => each.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture);
    }
}
