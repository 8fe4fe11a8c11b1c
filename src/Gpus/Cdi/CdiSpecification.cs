namespace Appliance.Gpus.Cdi;

/// <summary>One file of the Container Device Interface: devices of one kind, and what containers need to use them.</summary>
/// <param name="Kind">Maker and class: "nvidia.com/gpu".</param>
/// <param name="Shared">For every container with any of the devices.</param>
/// <param name="Devices">By name.</param>
internal sealed record CdiSpecification(string Kind, CdiEdits Shared, IReadOnlyDictionary<string, CdiEdits> Devices)
{
    public const string NvidiaGpu = "nvidia.com/gpu";

    /// <exception cref="FormatException">It cannot be read, or asks for something that is not known here.</exception>
    public static CdiSpecification Read(string text)
    {
        CdiNode node = CdiNode.Parse(text);
        Dictionary<string, CdiEdits> devices = new(StringComparer.Ordinal);
        string kind = node["kind"].Text;
        if (kind != NvidiaGpu)
        {
            // Another maker's: nothing of it is used, so nothing of it has to be understood.
            return new CdiSpecification(kind, CdiEdits.Read(CdiNode.Nothing), devices);
        }

        node.Allow("cdiVersion", "kind", "annotations", "devices", "containerEdits");
        foreach (CdiNode device in node["devices"].Items)
        {
            device.Allow("name", "annotations", "containerEdits");
            devices[device["name"].Text] = CdiEdits.Read(device["containerEdits"]);
        }

        return new CdiSpecification(kind, CdiEdits.Read(node["containerEdits"]), devices);
    }
}
