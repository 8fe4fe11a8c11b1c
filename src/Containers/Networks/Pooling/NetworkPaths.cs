using System.Globalization;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Native.Networks;

namespace Appliance.Containers.Networks.Pooling;

/// <summary>Where namespaces are pinned: a file for each slot.</summary>
internal sealed class NetworkPaths(string runDirectory)
{
    private const string WirePrefix = "wire-";

    private readonly string pins = Path.Combine(runDirectory, "netns");

    /// <summary>The interfaces of the host on which forwarding was turned on.</summary>
    public string ForwardingFile => Path.Combine(runDirectory, "forwarding");

    public string PinOf(int slot) => Path.Combine(pins, slot.ToString(CultureInfo.InvariantCulture));

    /// <summary>Where the namespace of a cluster's wire is pinned.</summary>
    public string WireOf(string cluster) => Path.Combine(pins, WirePrefix + cluster);

    /// <summary>The clusters that have a wire.</summary>
    public IReadOnlyList<string> ListWires() => Directory.Exists(pins)
        ? [.. Directory.EnumerateFiles(pins, WirePrefix + "*").Select(path => Path.GetFileName(path)[WirePrefix.Length..])]
        : [];

    /// <exception cref="IOException">The directory cannot be mounted; HResult is the errno.</exception>
    public void Prepare()
    {
        Directory.CreateDirectory(runDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(pins);
        ThreadNamespace.IsolateDirectory(pins);
    }

    public IReadOnlyList<int> ListSlots() => Directory.Exists(pins)
        ? [.. Directory.EnumerateFiles(pins).Select(Path.GetFileName).Select(name => int.TryParse(name, out int slot) ? slot : -1).Where(slot => slot >= 0)]
        : [];

    public void Remove()
    {
        foreach (int slot in ListSlots())
        {
            NetworkNamespace.Delete(PinOf(slot));
        }

        foreach (string cluster in ListWires())
        {
            NetworkNamespace.Delete(WireOf(cluster));
        }

        if (Directory.Exists(pins))
        {
            while (ThreadNamespace.Unpin(pins))
            {
            }

            Directory.Delete(pins, recursive: true);
        }

        File.Delete(ForwardingFile);
    }
}
