using Appliance.Gpus.Cdi;
using Appliance.Native.Nvml;

namespace Appliance.Gpus.Discovery;

/// <summary>Finds the GPUs of a machine, and says what is missing where there are none to use.</summary>
public static class GpuDiscovery
{
    private const string InstallDriver = "Install NVIDIA's driver and reboot; 'nvidia-smi' must list the GPU.";

    public static GpuInventory Discover(GpuMachine machine)
    {
        try
        {
            return machine.ReadDriver() switch
            {
                null => new GpuInventory(WithoutLibrary(machine)),
                { Devices: [] } none => new GpuInventory(
                    new GpuProblem($"driver {none.DriverVersion} sees none", "Is it bound to another driver? See 'lspci -k'.")),
                { } reading => Discover(machine, reading),
            };
        }
        catch (NvmlException cause)
        {
            return new GpuInventory(new GpuProblem($"{cause.Message} (device nodes: {NodesOf(machine)})", InstallDriver));
        }
    }

    /// <summary>Paths of the CDI specifications of a machine, whether they are used or not.</summary>
    public static IReadOnlyList<string> ListSpecifications(GpuMachine machine) => CdiCatalog.ListFiles(machine);

    private static GpuInventory Discover(GpuMachine machine, NvmlReading reading)
    {
        List<string> remarks = [];
        List<GpuDevice> devices = [];
        foreach (NvmlDevice each in reading.Devices)
        {
            if (each.IsPartitioned)
            {
                remarks.Add($"{each.Name} ({each.Uuid}) is cut into MIG instances, and only whole GPUs are leased: 'nvidia-smi -i {each.Uuid} -mig 0' makes it whole.");
            }
            else if (DriverFiles.FindNode(machine, each.Minor) is null)
            {
                remarks.Add($"{each.Name} ({each.Uuid}) has no device node /dev/nvidia{each.Minor}: 'nvidia-modprobe -u -c=0' makes it.");
            }
            else
            {
                devices.Add(new GpuDevice(each.Uuid, each.Name, each.MemoryBytes, each.Minor));
            }
        }

        devices.Sort((first, second) => first.Minor.CompareTo(second.Minor));
        if (devices.Count == 0)
        {
            return new GpuInventory(new GpuProblem("no GPU of the driver can be used", string.Join(' ', remarks)));
        }

        CdiCatalog? catalog = CdiCatalog.Read(machine, remarks).Covering(devices, remarks);
        DriverFiles? files = null;
        if (catalog is null)
        {
            files = DriverFiles.TryFind(machine, out GpuProblem? problem);
            if (problem is not null)
            {
                return new GpuInventory(problem) { Remarks = remarks };
            }
        }

        return new GpuInventory(reading.DriverVersion, devices, files, catalog) { Remarks = remarks };
    }

    private static GpuProblem WithoutLibrary(GpuMachine machine)
    {
        bool isLoaded = File.Exists(machine.PathOf("/proc/driver/nvidia/version"));
        string nodes = NodesOf(machine);
        return (isLoaded, nodes) switch
        {
            (false, "none") => new GpuProblem($"no driver, no device nodes, no {NvmlLibrary.FileName}", InstallDriver),
            (false, _) => new GpuProblem($"device nodes {nodes}, but no driver is loaded", "Load the driver: 'modprobe nvidia'."),
            _ => new GpuProblem(
                $"the driver is loaded, but {NvmlLibrary.FileName} is not found",
                "Install the driver's libraries (Debian: 'apt-get install libnvidia-ml1'), then run 'ldconfig'."),
        };
    }

    private static string NodesOf(GpuMachine machine)
    {
        string devices = machine.PathOf("/dev");
        List<string> nodes = [];
        foreach (string path in Directory.Exists(devices) ? Directory.GetFileSystemEntries(devices, "nvidia*") : [])
        {
            string name = Path.GetFileName(path);
            if (name.Length > "nvidia".Length && name["nvidia".Length..].All(char.IsAsciiDigit))
            {
                nodes.Add("/dev/" + name);
            }
        }

        nodes.Sort(StringComparer.Ordinal);
        return nodes.Count == 0 ? "none" : string.Join(", ", nodes);
    }
}
