namespace Appliance.Gpus.Leases;

/// <summary>So many devices of one type, and all of one model: work that is spread over cards waits for the slowest.</summary>
public sealed record GpuChoice(GpuType Type, int Count)
{
    /// <summary>Devices that would do, the first of the machine; null when there are not enough.</summary>
    public IReadOnlyList<GpuDevice>? TryPick(IReadOnlyList<GpuDevice> devices, Func<GpuDevice, bool> isFree) =>
        TryPick(devices, Type.Names, isFree) ?? TryPick(devices, Type.IsServedBy, isFree);

    /// <summary>Whether a machine with these devices has enough of them, busy or not.</summary>
    public bool IsPossible(IReadOnlyList<GpuDevice> devices) => TryPick(devices, _ => true) is not null;

    /// <summary>Whether the device is of a model of which there could once be enough.</summary>
    public bool CouldUse(GpuDevice device, IReadOnlyList<GpuDevice> devices) =>
        (Type.Names(device.Model) || Type.IsServedBy(device.Model)) && CountOf(device.Model, devices) >= Count;

    /// <summary>The most devices of one model that do, busy or not.</summary>
    public int CountMost(IReadOnlyList<GpuDevice> devices)
    {
        int most = 0;
        foreach (GpuDevice device in devices)
        {
            if (Type.Names(device.Model) || Type.IsServedBy(device.Model))
            {
                most = Math.Max(most, CountOf(device.Model, devices));
            }
        }

        return most;
    }

    private IReadOnlyList<GpuDevice>? TryPick(IReadOnlyList<GpuDevice> devices, Func<string, bool> isWanted, Func<GpuDevice, bool> isFree)
    {
        foreach (GpuDevice first in devices.Where(device => isWanted(device.Model)))
        {
            GpuDevice[] picked = [.. devices.Where(device => device.Model == first.Model && isFree(device)).Take(Count)];
            if (picked.Length == Count)
            {
                return picked;
            }
        }

        return null;
    }

    private static int CountOf(string model, IReadOnlyList<GpuDevice> devices)
    {
        int count = 0;
        foreach (GpuDevice device in devices)
        {
            count += device.Model == model ? 1 : 0;
        }

        return count;
    }
}
