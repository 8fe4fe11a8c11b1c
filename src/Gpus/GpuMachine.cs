using Appliance.Native.Directories;
using Appliance.Native.Nvml;

namespace Appliance.Gpus;

/// <summary>The machine whose GPUs are looked for. Tests put a folder and answers of their own in its place.</summary>
/// <param name="root">What stands for the root of the machine's files.</param>
public sealed class GpuMachine(string root = "/")
{
    public string Root => root;

    /// <summary>Asks the driver's management library; null where there is none.</summary>
    public Func<NvmlReading?> ReadDriver { get; init; } = () => NvmlReading.TryTake(NvmlLibrary.FileName);

    /// <summary>The numbers of a character device by its path below the root; null when there is none.</summary>
    public Func<string, DeviceNumber?> FindNode { get; init; } = FindCharacterDevice;

    /// <summary>Where a file of the machine really lies.</summary>
    public string PathOf(string path) => Path.Combine(root, path.TrimStart('/'));

    /// <summary>A file of the machine without links on the way; null when it is not there.</summary>
    public string? TryResolve(string path)
    {
        try
        {
            return RootedPath.TryResolve(root, path) is { } found ? PathOf(found) : null;
        }
        catch (IOException)
        {
            // Links in circles lead to nothing.
            return null;
        }
    }

    private static DeviceNumber? FindCharacterDevice(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            return null;
        }

        using DirectoryHandle directory = DirectoryHandle.Open(folder);
        return directory.Find(NodeName.Of(Path.GetFileName(path))) is { Kind: NodeKind.CharacterDevice } node ? node.Device : null;
    }
}
