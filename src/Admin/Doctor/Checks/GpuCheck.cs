using Appliance.Gpus;
using Appliance.Gpus.Discovery;
using Appliance.Gpus.Leases;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>Whether there are GPUs for sandboxes, and if not, which of driver, library and device nodes is missing.</summary>
public sealed class GpuCheck(DoctorSubject subject) : IDoctorCheck
{
    public string Name => "gpu";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        GpuInventory inventory = GpuDiscovery.Discover(subject.Gpus);
        return Task.FromResult<IReadOnlyList<Finding>>([InspectDevices(inventory), InspectSpecifications(inventory)]);
    }

    private Finding InspectDevices(GpuInventory inventory)
    {
        if (inventory.Problem is { } problem)
        {
            return Finding.Warn(Name, $"NO GPU: {problem.What}; requests for a GPU will be refused", problem.Fix);
        }

        string names = string.Join(", ", inventory.Devices.Select(device => $"{device.Model} ({device.MemoryBytes >> 20:N0} MiB, gpu=\"{GpuType.NameOf(device.Model)}\")"));
        string found = $"{names}, driver {inventory.Driver}";
        return inventory.Remarks.Count == 0 ? Finding.Ok(Name, found) : Finding.Warn(Name, found, string.Join(' ', inventory.Remarks));
    }

    private Finding InspectSpecifications(GpuInventory inventory)
    {
        IReadOnlyList<string> files = GpuDiscovery.ListSpecifications(subject.Gpus);
        return Finding.Ok("cdi", (files, inventory.UsesSpecifications) switch
        {
            ([], _) => "no specifications (optional): device nodes and libraries are found without",
            (_, true) => $"{string.Join(", ", files)}; containers get what they say",
            _ => $"{string.Join(", ", files)}; not used: device nodes and libraries are found without",
        });
    }
}
