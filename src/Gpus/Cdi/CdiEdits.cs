namespace Appliance.Gpus.Cdi;

/// <summary>What a CDI specification changes about a container.</summary>
/// <param name="Nodes">Device nodes.</param>
/// <param name="Mounts">Files and directories of the machine.</param>
/// <param name="Hooks">Programs of the machine that finish the container.</param>
/// <param name="Variables">Each as NAME=VALUE.</param>
internal sealed record CdiEdits(
    IReadOnlyList<CdiDeviceNode> Nodes, IReadOnlyList<GpuFile> Mounts, IReadOnlyList<GpuHook> Hooks, IReadOnlyList<string> Variables)
{
    /// <exception cref="FormatException">It asks for something that is not known here.</exception>
    public static CdiEdits Read(CdiNode node)
    {
        node.Allow("deviceNodes", "mounts", "hooks", "env");
        return new CdiEdits(
            [.. node["deviceNodes"].Items.Select(ReadNode)],
            [.. node["mounts"].Items.Select(ReadMount)],
            [.. node["hooks"].Items.Select(ReadHook)],
            node["env"].Texts);
    }

    private static CdiDeviceNode ReadNode(CdiNode node)
    {
        node.Allow("path", "hostPath", "type", "major", "minor", "fileMode", "permissions", "uid", "gid");
        string path = node["path"].Text;
        return node["type"].Text is "" or "c"
            ? new CdiDeviceNode(path, node["hostPath"].Text is { Length: > 0 } source ? source : path, node["major"].Number, node["minor"].Number)
            : throw new FormatException($"device node '{path}' is of type '{node["type"].Text}', not a character device");
    }

    private static GpuFile ReadMount(CdiNode node)
    {
        // Whatever the options say, containers may not change the machine's files.
        node.Allow("hostPath", "containerPath", "options", "type");
        return new GpuFile(node["hostPath"].Text, node["containerPath"].Text);
    }

    private static GpuHook ReadHook(CdiNode node)
    {
        node.Allow("hookName", "path", "args", "env", "timeout");
        return new GpuHook(node["hookName"].Text, node["path"].Text, node["args"].Texts, node["env"].Texts);
    }
}

/// <summary>A device node; its number is that of the machine's node where it is not given.</summary>
internal sealed record CdiDeviceNode(string Path, string HostPath, long? Major, long? Minor);
