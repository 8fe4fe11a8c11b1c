namespace Appliance.Scheduling.Admission;

/// <summary>How much of the machine there is to promise.</summary>
/// <remarks>
/// Memory that two need fails one of them, so it is promised once. A core that two need makes both slower, in the proportion
/// of what they asked for; most tasks wait most of the time, so cores are promised several times over.
/// </remarks>
/// <param name="Cores">What the machine has: no single task can be promised more.</param>
/// <param name="MemoryMiB">What containers may have of its memory, all together.</param>
/// <param name="CpuOvercommit">How many times each core is promised.</param>
public sealed record MachineCapacity(int Cores, long MemoryMiB, int CpuOvercommit)
{
    /// <summary>So that a hundred sandboxes that ask for nothing fit on two cores.</summary>
    public const int DefaultCpuOvercommit = 8;

    private const long MilliPerCore = 1000;

    /// <summary>What all tasks together may be promised.</summary>
    public ResourceRequest Total => new(Cores * MilliPerCore * CpuOvercommit, MemoryMiB);

    /// <summary>What one task may be promised.</summary>
    public ResourceRequest Largest => new(Cores * MilliPerCore, MemoryMiB);
}
