using Appliance.Core.Errors;

namespace Appliance.Gpus.Discovery;

/// <summary>The driver as this program finds it by itself: device nodes, libraries, nvidia-smi.</summary>
internal sealed class DriverFiles
{
    public const string ComputeLibrary = "libcuda.so.1";

    /// <summary>
    /// Where containers see the libraries. A directory of their own, because the image's own index of libraries does not
    /// know them, and only a program of the image could write it: LD_LIBRARY_PATH works with any image. CUDA's images name
    /// this directory there already.
    /// </summary>
    public const string LibraryDirectory = "/usr/local/nvidia/lib64";

    /// <summary>In a login shell's PATH, too.</summary>
    private const string SmiTarget = "/usr/bin/nvidia-smi";

    private const string ManagementLibrary = "libnvidia-ml.so.1";
    private const string PlainComputeLibrary = "libcuda.so";

    // Rights on how cards are cut (/dev/nvidia-caps) are not among them: they hold for all cards of the machine.
    private static readonly string[] Required = ["/dev/nvidiactl", "/dev/nvidia-uvm"];
    private static readonly string[] Optional = ["/dev/nvidia-uvm-tools"];
    private static readonly string[] Programs = ["/usr/bin/nvidia-smi", "/bin/nvidia-smi", "/usr/local/bin/nvidia-smi"];
    private static readonly string[] Others = ["libcuda.so.", "libcudadebugger.so.", "libnvcuvid.so.", "libnvoptix.so.", "libvdpau_nvidia.so."];

    private readonly GpuMachine machine;
    private readonly List<GpuNode> shared = [];
    private readonly List<GpuFile> files = [];

    private DriverFiles(GpuMachine machine) => this.machine = machine;

    public bool IsWhole => files.TrueForAll(file => File.Exists(file.Source));

    /// <summary>Null with what is missing, when containers could not use a GPU.</summary>
    public static DriverFiles? TryFind(GpuMachine machine, out GpuProblem? problem)
    {
        var found = new DriverFiles(machine);
        problem = found.FindNodes() ?? found.FindLibraries();
        found.FindPrograms();
        return problem is null ? found : null;
    }

    /// <summary>Null when the card has no device node.</summary>
    public static GpuNode? FindNode(GpuMachine machine, int minor) => FindNode(machine, $"/dev/nvidia{minor}");

    /// <exception cref="ApplianceException">FailedPrecondition: a device node has gone.</exception>
    public GpuAttachment Attach(IReadOnlyList<GpuDevice> devices) => new()
    {
        Devices = devices,
        Nodes = [.. devices.Select(GetNode), .. shared],
        Files = files,
        Variables = ["NVIDIA_DRIVER_CAPABILITIES=compute,utility,video"],
        LibraryDirectory = LibraryDirectory,
    };

    private GpuNode GetNode(GpuDevice device) => FindNode(machine, device.Minor) ?? throw new ApplianceException(
        ErrorKind.FailedPrecondition, $"The device node /dev/nvidia{device.Minor} of {device.Model} has gone: 'nvidia-modprobe -u -c=0' makes it.");

    private GpuProblem? FindNodes()
    {
        foreach (string path in Required)
        {
            if (FindNode(machine, path) is not { } node)
            {
                return new GpuProblem($"the driver is loaded, but there is no {path}", "Make the device nodes: 'nvidia-modprobe -u -c=0'.");
            }

            shared.Add(node);
        }

        foreach (string path in Optional)
        {
            if (FindNode(machine, path) is { } node)
            {
                shared.Add(node);
            }
        }

        return null;
    }

    private GpuProblem? FindLibraries()
    {
        string cache = machine.PathOf("/etc/ld.so.cache");
        IReadOnlyDictionary<string, string> known = LoaderCache.Read(File.Exists(cache) ? File.ReadAllBytes(cache) : []);
        foreach ((string name, string path) in known)
        {
            if (IsOfDriver(name) && machine.TryResolve(path) is { } file)
            {
                files.Add(new GpuFile(file, $"{LibraryDirectory}/{name}"));
                if (name == ComputeLibrary)
                {
                    // Compilers look for this name.
                    files.Add(new GpuFile(file, $"{LibraryDirectory}/{PlainComputeLibrary}"));
                }
            }
        }

        foreach (string name in new[] { ComputeLibrary, ManagementLibrary })
        {
            if (!files.Exists(file => file.Target == $"{LibraryDirectory}/{name}"))
            {
                return new GpuProblem(
                    $"the driver's library {name} is not in the loader's index", "Install the driver's libraries (Debian: 'apt-get install libcuda1 libnvidia-ml1'), then run 'ldconfig'.");
            }
        }

        return null;
    }

    private void FindPrograms()
    {
        foreach (string path in Programs)
        {
            if (machine.TryResolve(path) is { } program)
            {
                files.Add(new GpuFile(program, SmiTarget));
                return;
            }
        }
    }

    /// <summary>Whether it comes with the driver and must fit its version; containers bring everything else.</summary>
    private static bool IsOfDriver(string name) =>
        (name.StartsWith("libnvidia-", StringComparison.Ordinal) && name.Contains(".so.", StringComparison.Ordinal)
            && !name.StartsWith("libnvidia-container", StringComparison.Ordinal))
        || Array.Exists(Others, each => name.StartsWith(each, StringComparison.Ordinal));

    private static GpuNode? FindNode(GpuMachine machine, string path) =>
        machine.FindNode(machine.PathOf(path)) is { } number ? new GpuNode(path, number.Major, number.Minor) : null;
}
