namespace Appliance.Scheduling.Admission;

/// <summary>What a task is promised of the machine; it may use more while nobody else needs it.</summary>
/// <param name="CpuMilli">Thousandths of a core.</param>
/// <param name="MemoryMiB">Memory.</param>
public readonly record struct ResourceRequest(long CpuMilli, long MemoryMiB)
{
    /// <summary>For who asks for nothing: what the real service gives, an eighth of a core and 128 MiB.</summary>
    public static readonly ResourceRequest Default = new(125, 128);

    /// <summary>Nobody asks for less.</summary>
    public static readonly ResourceRequest Smallest = new(1, 1);

    /// <summary>What is not said, or is 0, is the default.</summary>
    public static ResourceRequest Of(uint? cpuMilli, uint? memoryMiB) => new(
        cpuMilli is > 0 ? cpuMilli.Value : Default.CpuMilli,
        memoryMiB is > 0 ? memoryMiB.Value : Default.MemoryMiB);

    /// <summary>Whether both parts are at most the other's.</summary>
    public bool FitsIn(ResourceRequest room) => CpuMilli <= room.CpuMilli && MemoryMiB <= room.MemoryMiB;

    public ResourceRequest Times(int count) => new(CpuMilli * count, MemoryMiB * count);

    public static ResourceRequest operator +(ResourceRequest one, ResourceRequest other) =>
        new(one.CpuMilli + other.CpuMilli, one.MemoryMiB + other.MemoryMiB);

    public static ResourceRequest operator -(ResourceRequest one, ResourceRequest other) =>
        new(one.CpuMilli - other.CpuMilli, one.MemoryMiB - other.MemoryMiB);
}
