namespace Appliance.Native.Nvml;

/// <summary>A GPU as NVML describes it.</summary>
public sealed record NvmlDevice(string Name, long MemoryBytes, long MemoryUsedBytes);
