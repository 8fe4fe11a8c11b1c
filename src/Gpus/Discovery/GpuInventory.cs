using Appliance.Gpus.Cdi;

namespace Appliance.Gpus.Discovery;

/// <summary>The GPUs of a machine at one moment, and how containers get them.</summary>
public sealed class GpuInventory
{
    private const string Visible = "NVIDIA_VISIBLE_DEVICES=";

    private readonly DriverFiles? files;
    private readonly CdiCatalog? catalog;

    internal GpuInventory(GpuProblem problem) => Problem = problem;

    internal GpuInventory(string driver, IReadOnlyList<GpuDevice> devices, DriverFiles? files, CdiCatalog? catalog)
    {
        Driver = driver;
        Devices = devices;
        this.files = files;
        this.catalog = catalog;
    }

    /// <summary>The driver's version; empty where there is none.</summary>
    public string Driver { get; } = "";

    /// <summary>What can be leased, by device node.</summary>
    public IReadOnlyList<GpuDevice> Devices { get; } = [];

    /// <summary>Why nothing can be leased; null where something can.</summary>
    public GpuProblem? Problem { get; }

    /// <summary>What is there and cannot be used as it is: one sentence each, for people.</summary>
    public IReadOnlyList<string> Remarks { get; internal init; } = [];

    /// <summary>Whether containers get what CDI specifications of the machine say.</summary>
    public bool UsesSpecifications => catalog is not null;

    /// <summary>Whether what a container needs is still where it was: an upgrade of the driver replaces it.</summary>
    public bool IsWhole => Devices.Count > 0 && (files?.IsWhole ?? true) && (catalog?.IsWhole ?? true);

    /// <summary>What a container gets to use exactly these devices.</summary>
    public GpuAttachment Attach(IReadOnlyList<GpuDevice> devices)
    {
        GpuAttachment attachment = catalog?.Attach(devices) ?? files!.Attach(devices);
        return attachment with
        {
            // Specifications say "void" there, for toolkits that would add devices of their own.
            Variables =
            [
                .. attachment.Variables.Where(variable => !variable.StartsWith(Visible, StringComparison.Ordinal)),
                Visible + string.Join(',', devices.Select(device => device.Id)),
            ],
        };
    }
}

/// <summary>Why no GPU can be leased.</summary>
/// <param name="What">What is missing, without a full stop.</param>
/// <param name="Fix">What to do, in whole sentences.</param>
public sealed record GpuProblem(string What, string Fix);
