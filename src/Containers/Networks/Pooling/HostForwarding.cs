using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Links;
using Appliance.Containers.Networks.Namespaces;

namespace Appliance.Containers.Networks.Pooling;

/// <summary>
/// Lets the host pass on packets between containers' interfaces and its own. Where the host forwards nothing by
/// itself, it is turned on for single interfaces only, noted in a file, and taken back at the end; a guard in the packet
/// filter keeps the host from becoming a router for others meanwhile.
/// </summary>
internal sealed class HostForwarding(HostStack host, InterfaceNames interfaces, string notePath)
{
    private const string Settings = "/proc/sys/net/ipv4";
    private const string Loopback = "lo";

    /// <summary>Whether it was turned on by this or an earlier process, and not taken back.</summary>
    public bool IsNoted => File.Exists(notePath);

    /// <summary>Turns it on where routes have appeared since the last time.</summary>
    /// <returns>Whether the guard is needed: everything forwarded is ours, because nobody else wants forwarding.</returns>
    /// <exception cref="IOException">The settings cannot be written.</exception>
    public bool Ensure()
    {
        if (ForwardsByItself())
        {
            return false;
        }

        string[] missing = [.. Uplinks().Where(name => Read(SettingOf(name)) == "0")];
        if (missing.Length > 0)
        {
            File.WriteAllLines(notePath, Noted().Union(missing));
            foreach (string name in missing)
            {
                Write(SettingOf(name), "1");
            }
        }

        return true;
    }

    /// <summary>Takes back what was turned on, unless the host has begun to forward by itself.</summary>
    public void Restore()
    {
        if (!ForwardsByItself())
        {
            foreach (string name in Noted().Where(name => Read(SettingOf(name)) == "1"))
            {
                Write(SettingOf(name), "0");
            }
        }

        File.Delete(notePath);
    }

    private bool ForwardsByItself() => Read($"{Settings}/ip_forward") == "1";

    private string[] Noted() => File.Exists(notePath) ? File.ReadAllLines(notePath) : [];

    private IEnumerable<string> Uplinks()
    {
        HashSet<int> routed = [.. host.Routes.ListRoutes().Where(route => route.Table != RouteProtocol.LocalTable).Select(route => route.LinkIndex)];
        return host.Routes.ListLinks()
            .Where(link => routed.Contains(link.Index) && link.Name != Loopback && interfaces.SlotOf(link.Name) is null)
            .Select(link => link.Name);
    }

    private static string SettingOf(string name) => $"{Settings}/conf/{name}/forwarding";

    private string? Read(string path) => host.Run(() => File.Exists(path) ? File.ReadAllText(path).Trim() : null);

    private void Write(string path, string value) => host.Run(() =>
    {
        File.WriteAllText(path, value);
        return true;
    });
}
