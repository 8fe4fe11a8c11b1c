using System.Globalization;
using Appliance.Containers.Runtime;

namespace Appliance.Containers.Usage;

/// <summary>What this process, and so its containers, may use of the machine.</summary>
public static class OwnMachine
{
    private const string MemoryTable = "/proc/meminfo";
    private const string Total = "MemTotal:";
    private const int KibibytesPerMebibyte = 1024;

    public static int Cores => Environment.ProcessorCount;

    /// <summary>In MiB: the machine's, or the limit of the control group that the appliance itself is in.</summary>
    /// <param name="memoryTable">The kernel's.</param>
    /// <param name="groupLimit">A file with the limit of the control group; in bytes, or a word for none.</param>
    public static long MemoryMiB(string memoryTable = MemoryTable, string? groupLimit = null)
    {
        string line = File.ReadLines(memoryTable).First(each => each.StartsWith(Total, StringComparison.Ordinal));
        string amount = line[Total.Length..].Trim().Split(' ')[0];
        long machine = long.Parse(amount, CultureInfo.InvariantCulture) / KibibytesPerMebibyte;
        string limit = groupLimit ?? CgroupEvents.OwnMemoryLimit;
        return File.Exists(limit) && long.TryParse(File.ReadAllText(limit).Trim(), CultureInfo.InvariantCulture, out long bytes)
            ? Math.Min(machine, bytes >> 20)
            : machine;
    }
}
