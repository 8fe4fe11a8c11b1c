using System.Globalization;
using Appliance.Core.Errors;

namespace Appliance.Gpus.Cdi;

/// <summary>What the CDI specifications of a machine say about its GPUs.</summary>
internal sealed class CdiCatalog
{
    // Of two that name one device, the later counts: /var/run is rewritten at each boot.
    private static readonly string[] Folders = ["/etc/cdi", "/var/run/cdi"];

    private readonly GpuMachine machine;
    private readonly List<Card> cards = [];

    private CdiCatalog(GpuMachine machine) => this.machine = machine;

    /// <summary>Whether the files that it names are there.</summary>
    public bool IsWhole => cards.TrueForAll(card => IsPresent(card.Shared) && IsPresent(card.Own));

    /// <summary>Paths of the specifications of a machine.</summary>
    public static IReadOnlyList<string> ListFiles(GpuMachine machine)
    {
        List<string> files = [];
        foreach (string folder in Folders)
        {
            string place = machine.PathOf(folder);
            string[] names = Directory.Exists(place) ? [.. Directory.GetFiles(place).Select(file => Path.GetFileName(file)!)] : [];
            Array.Sort(names, StringComparer.Ordinal);
            files.AddRange(names.Where(name => Path.GetExtension(name) is ".json" or ".yaml" or ".yml").Select(name => $"{folder}/{name}"));
        }

        return files;
    }

    /// <param name="machine">Where to look.</param>
    /// <param name="remarks">Takes what cannot be used, and why.</param>
    public static CdiCatalog Read(GpuMachine machine, List<string> remarks)
    {
        var catalog = new CdiCatalog(machine);
        foreach (string file in ListFiles(machine))
        {
            try
            {
                catalog.Add(CdiSpecification.Read(File.ReadAllText(machine.PathOf(file))));
            }
            catch (Exception cause) when (cause is FormatException or IOException or UnauthorizedAccessException)
            {
                remarks.Add($"The CDI specification {file} is not used: {cause.Message}.");
            }
        }

        return catalog;
    }

    /// <summary>Null where not all devices are in a specification; then none is used.</summary>
    public CdiCatalog? Covering(IReadOnlyList<GpuDevice> devices, List<string> remarks)
    {
        if (cards.Count == 0)
        {
            return null;
        }

        foreach (GpuDevice device in devices)
        {
            if (!cards.Exists(card => card.Minor == device.Minor))
            {
                remarks.Add($"The CDI specifications do not name /dev/nvidia{device.Minor} and are not used: 'nvidia-ctk cdi generate' writes them anew.");
                return null;
            }
        }

        return this;
    }

    /// <exception cref="ApplianceException">FailedPrecondition: a device node has gone.</exception>
    public GpuAttachment Attach(IReadOnlyList<GpuDevice> devices)
    {
        List<GpuNode> nodes = [];
        List<GpuFile> files = [];
        List<GpuHook> hooks = [];
        List<string> variables = [];
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (GpuDevice device in devices)
        {
            Card card = cards.FindLast(each => each.Minor == device.Minor)!;
            foreach (CdiEdits edits in new[] { card.Shared, card.Own })
            {
                nodes.AddRange(edits.Nodes.Where(node => taken.Add(node.Path)).Select(ToNode));
                files.AddRange(edits.Mounts.Where(mount => taken.Add(mount.Target)).Select(mount => mount with { Source = machine.PathOf(mount.Source) }));
                hooks.AddRange(edits.Hooks.Where(hook => taken.Add(string.Join('\0', hook.Arguments.Prepend(hook.Stage)))));
                variables.AddRange(edits.Variables.Where(taken.Add));
            }
        }

        return new GpuAttachment { Devices = devices, Nodes = nodes, Files = files, Hooks = hooks, Variables = variables };
    }

    private void Add(CdiSpecification specification)
    {
        foreach ((string _, CdiEdits device) in specification.Devices)
        {
            int[] minors = [.. device.Nodes.Select(node => MinorOf(node.HostPath)).Where(minor => minor >= 0)];

            // "all" has every card, and an instance of a card nodes that do not stand for the whole.
            if (minors.Length == 1 && device.Nodes.All(node => !node.HostPath.Contains("nvidia-caps", StringComparison.Ordinal)))
            {
                cards.Add(new Card(minors[0], specification.Shared, device));
            }
        }
    }

    private static int MinorOf(string node) =>
        node.StartsWith("/dev/nvidia", StringComparison.Ordinal)
        && int.TryParse(node.AsSpan("/dev/nvidia".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
            ? minor
            : -1;

    private GpuNode ToNode(CdiDeviceNode node)
    {
        if (node is { Major: { } major, Minor: { } minor })
        {
            return new GpuNode(node.Path, major, minor);
        }

        return machine.FindNode(machine.PathOf(node.HostPath)) is { } number
            ? new GpuNode(node.Path, number.Major, number.Minor)
            : throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"The CDI specification names {node.HostPath}, which is no device node: 'nvidia-ctk cdi generate' writes it anew.");
    }

    private bool IsPresent(CdiEdits edits)
    {
        foreach (GpuFile mount in edits.Mounts)
        {
            if (!Path.Exists(machine.PathOf(mount.Source)))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Card(int Minor, CdiEdits Shared, CdiEdits Own);
}
