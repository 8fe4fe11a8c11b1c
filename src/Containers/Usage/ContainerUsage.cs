using System.Globalization;

namespace Appliance.Containers.Usage;

/// <summary>What a container has used of the machine since its start.</summary>
/// <param name="CpuNanoseconds">Time on all cores together.</param>
/// <param name="MemoryBytes">When it was last looked at: without what the kernel would give up at once.</param>
/// <param name="MemoryPeakBytes">The most at any time; caches of files count here, too.</param>
/// <param name="MemoryByteSeconds">Memory times the time for which it was used, from looks at it a few seconds apart.</param>
/// <param name="At">When it was last looked at.</param>
public sealed record ContainerUsage(
    long CpuNanoseconds, long MemoryBytes, long MemoryPeakBytes, double MemoryByteSeconds, DateTimeOffset At)
{
    /// <summary>Keeps it for the time after the container, and for the next process.</summary>
    public void Save(string file)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{CpuNanoseconds} {MemoryBytes} {MemoryPeakBytes} {MemoryByteSeconds:R} {At.UtcTicks}");
        File.WriteAllText(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Null where nothing was kept.</summary>
    public static ContainerUsage? Load(string file)
    {
        string[] parts = File.Exists(file) ? File.ReadAllText(file).Split(' ') : [];
        return parts.Length != 5 ? null : new ContainerUsage(
            Number(parts[0]),
            Number(parts[1]),
            Number(parts[2]),
            double.Parse(parts[3], CultureInfo.InvariantCulture),
            new DateTimeOffset(Number(parts[4]), TimeSpan.Zero));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
