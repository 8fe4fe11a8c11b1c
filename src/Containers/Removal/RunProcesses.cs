using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Appliance.Containers.Runtime;

namespace Appliance.Containers.Removal;

/// <summary>The processes that live through an appliance's run directory: shims and containers.</summary>
internal static class RunProcesses
{
    private const string Processes = "/proc";

    // The kernel keeps 15 letters of a name.
    private const string ShimName = "containerd-shim";

    public static IReadOnlyList<int> Of(RunDirectory run)
    {
        HashSet<int> found = [];
        foreach (string group in RunRemoval.GroupsOf(run.Instance))
        {
            foreach (string file in Directory.EnumerateFiles(group, "cgroup.procs", SearchOption.AllDirectories))
            {
                AddMembers(file, found);
            }
        }

        // A shim works in its bundle.
        foreach (string path in Directory.EnumerateDirectories(Processes))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && IsShimOf(run, path))
            {
                found.Add(process);
            }
        }

        return [.. found];
    }

    public static void Kill(int process)
    {
        try
        {
            using Process running = Process.GetProcessById(process);
            running.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself.
        }
    }

    private static void AddMembers(string file, HashSet<int> found)
    {
        try
        {
            found.UnionWith(File.ReadLines(file).Select(line => int.Parse(line, CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            // The group went in between.
        }
    }

    private static bool IsShimOf(RunDirectory run, string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).StartsWith(ShimName, StringComparison.Ordinal)
                && File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false) is { } directory
                && directory.FullName.StartsWith(run.Bundles + "/", StringComparison.Ordinal);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // It ended in between.
            return false;
        }
    }
}
