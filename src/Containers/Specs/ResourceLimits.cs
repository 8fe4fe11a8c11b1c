namespace Appliance.Containers.Specs;

/// <summary>What a container may use of the machine; what is null is not limited.</summary>
public sealed record ResourceLimits
{
    public const long DefaultProcesses = 32_768;

    /// <summary>Guaranteed share in thousandths of a core, where others want the processor, too.</summary>
    public uint? CpuRequestMilli { get; init; }

    /// <summary>The most it gets, in thousandths of a core.</summary>
    public uint? CpuLimitMilli { get; init; }

    /// <summary>In bytes; a container that needs more is killed, and reported so.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Processes and threads at once: what a fork bomb comes to.</summary>
    public long Processes { get; init; } = DefaultProcesses;

    public ulong OpenFiles { get; init; } = 65_536;
}
