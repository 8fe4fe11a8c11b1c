using Appliance.Native.Nvml;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>Whether GPUs are there, and if not, which of driver, library and device nodes is missing.</summary>
public sealed class GpuCheck(DoctorSubject subject) : IDoctorCheck
{
    private const string InstallDriver = "Install NVIDIA's driver and reboot; 'nvidia-smi' must list the GPU.";

    public string Name => "gpu";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Finding>>([InspectDriver(), InspectSpecifications()]);

    private Finding InspectDriver()
    {
        string[] nodes = [.. subject.Files.List("dev", "nvidia*").Where(name => name.Length > 6 && name[6..].All(char.IsAsciiDigit))];
        string? driver = subject.Files.Read("proc/driver/nvidia/version")?.Split('\n')[0];
        try
        {
            using NvmlLibrary? library = NvmlLibrary.TryOpen();
            return library is null ? WithoutLibrary(driver, nodes) : WithLibrary(library, nodes);
        }
        catch (NvmlException cause)
        {
            return Finding.Warn(Name, $"NO GPU: {cause.Message} (device nodes: {Listed(nodes)})", InstallDriver);
        }
    }

    private Finding WithoutLibrary(string? driver, string[] nodes) => (driver, nodes) switch
    {
        (null, []) => Finding.Warn(Name, $"NO GPU: no driver, no device nodes, no {NvmlLibrary.FileName}; requests for a GPU will be refused", InstallDriver),
        (null, _) => Finding.Warn(Name, $"NO GPU: device nodes {Listed(nodes)}, but no driver is loaded", "Load the driver: 'modprobe nvidia'."),
        _ => Finding.Warn(
            Name, $"NO GPU: the driver is loaded, but {NvmlLibrary.FileName} is not found",
            "Install the driver's libraries (Debian: 'apt-get install libnvidia-ml1'), then run 'ldconfig'."),
    };

    private Finding WithLibrary(NvmlLibrary library, string[] nodes)
    {
        IReadOnlyList<NvmlDevice> devices = library.ReadDevices();
        string driver = library.ReadDriverVersion();
        if (devices.Count == 0)
        {
            return Finding.Warn(Name, $"NO GPU: driver {driver} sees none", "Is it bound to another driver? See 'lspci -k'.");
        }

        string names = string.Join(", ", devices.Select(device => $"{device.Name} ({device.MemoryBytes >> 20:N0} MiB)"));
        return nodes.Length < devices.Count
            ? Finding.Warn(Name, $"{names}, driver {driver}, but device nodes: {Listed(nodes)}", "Make them: 'nvidia-modprobe -u -c=0', or run 'nvidia-smi' once as root.")
            : Finding.Ok(Name, $"{names}, driver {driver}");
    }

    private Finding InspectSpecifications()
    {
        string[] found = [.. new[] { "etc/cdi", "var/run/cdi" }
            .SelectMany(folder => subject.Files.List(folder).Select(name => $"/{folder}/{name}"))
            .Where(path => Path.GetExtension(path) is ".json" or ".yaml" or ".yml")];
        return Finding.Ok("cdi", found.Length == 0 ? "no specifications (optional): device nodes and libraries are found without" : string.Join(", ", found));
    }

    private static string Listed(string[] nodes) => nodes.Length == 0 ? "none" : string.Join(", ", nodes.Select(node => "/dev/" + node));
}
