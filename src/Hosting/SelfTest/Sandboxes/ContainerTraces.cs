using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Links;
using Appliance.Containers.Runtime;
using static Appliance.Admin.SelfTest.SelfTestException;

namespace Appliance.Hosting.SelfTest.Sandboxes;

/// <summary>What containers that have ended must not leave on the machine.</summary>
internal static class ContainerTraces
{
    /// <param name="data">The data directory of a server that has stopped.</param>
    public static void RequireNone(string data)
    {
        RunDirectory run = RunDirectory.Of(data);
        Require(!Directory.Exists(run.Root), $"'{run.Root}' is left behind.");
        string? mount = File.ReadLines("/proc/self/mountinfo").FirstOrDefault(line =>
            line.Contains(run.Root, StringComparison.Ordinal) || line.Contains(data, StringComparison.Ordinal));
        Require(mount is null, $"A mount is left behind: {mount}");
        string prefix = new InterfaceNames(run.Instance).Prefix;
        using var routes = new RouteSocket();
        string? link = routes.ListLinks().Select(each => each.Name).FirstOrDefault(name => name.StartsWith(prefix, StringComparison.Ordinal));
        Require(link is null, $"The interface '{link}' is left behind.");
        string? process = Directory.EnumerateDirectories("/proc").FirstOrDefault(each => CommandOf(each).Contains(run.Root, StringComparison.Ordinal));
        Require(process is null, $"A process is left behind: {process}");
    }

    private static string CommandOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            // No process, or one that has ended meanwhile.
            return "";
        }
    }
}
