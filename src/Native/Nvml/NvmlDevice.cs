namespace Appliance.Native.Nvml;

/// <summary>A GPU as NVML describes it.</summary>
/// <param name="Name">Of the model: "NVIDIA H100 80GB HBM3".</param>
/// <param name="MemoryBytes">Its own memory.</param>
/// <param name="MemoryUsedBytes">What of it is taken right now.</param>
/// <param name="Uuid">The same as long as the card lives: "GPU-5a3c…".</param>
/// <param name="Minor">Of its device node, <c>/dev/nvidiaN</c>.</param>
/// <param name="IsPartitioned">Whether it is cut into instances (MIG); as a whole it then computes nothing.</param>
public sealed record NvmlDevice(string Name, long MemoryBytes, long MemoryUsedBytes, string Uuid, int Minor, bool IsPartitioned);

/// <summary>What NVML says of a machine.</summary>
public sealed record NvmlReading(string DriverVersion, IReadOnlyList<NvmlDevice> Devices)
{
    /// <summary>Null when there is no such library, which is the usual case without a driver.</summary>
    /// <param name="file">The library: a name that the loader looks for, or a path.</param>
    /// <exception cref="NvmlException">The library is there and cannot talk to the driver.</exception>
    public static NvmlReading? TryTake(string file)
    {
        using NvmlLibrary? library = NvmlLibrary.TryOpen(file);
        return library is null ? null : new NvmlReading(library.ReadDriverVersion(), library.ReadDevices());
    }
}
