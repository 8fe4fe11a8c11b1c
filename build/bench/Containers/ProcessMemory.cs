using System.Globalization;

namespace Appliance.Bench.Containers;

/// <summary>Memory of processes as the kernel counts it: what several share counts for each in part.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes of a process.</summary>
    public static long Of(int process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/smaps_rollup").First(each => each.StartsWith("Pss:", StringComparison.Ordinal));
            return long.Parse(line.AsSpan(4, line.Length - 4 - "kB".Length).Trim(), CultureInfo.InvariantCulture) << 10;
        }
        catch (IOException)
        {
            // It has ended.
            return 0;
        }
    }

    /// <summary>Bytes of all processes with a text in their command lines, and of their children.</summary>
    public static long OfFamilies(string text)
    {
        HashSet<int> parents = [];
        Dictionary<int, int> parentOf = [];
        foreach (string path in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), out int process) && TryRead(path, "stat") is { } status)
            {
                parentOf[process] = int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
                if (TryRead(path, "cmdline")?.Contains(text, StringComparison.Ordinal) == true)
                {
                    parents.Add(process);
                }
            }
        }

        return parentOf.Keys.Where(process => IsOf(process)).Sum(Of);

        bool IsOf(int process) => parents.Contains(process) || parentOf.TryGetValue(process, out int parent) && IsOf(parent);
    }

    private static string? TryRead(string folder, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, name));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
