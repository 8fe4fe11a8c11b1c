using Appliance.Containers.Runtime;
using Appliance.Containers.Usage;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Sidecars;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Resources;

/// <summary>What a sandbox has used of the machine, its sidecars included; also after its end.</summary>
/// <param name="CpuNanoseconds">Time on all cores together.</param>
/// <param name="MemoryByteSeconds">Memory times time.</param>
/// <param name="GpuTime">Of all its cards together; they are its own whether it uses them or not.</param>
/// <param name="GpuType">As it was asked for; null for none.</param>
public sealed record SandboxUsage(long CpuNanoseconds, double MemoryByteSeconds, TimeSpan GpuTime, string? GpuType)
{
    /// <param name="runtime">Where its containers run, or ran.</param>
    /// <param name="sidecars">Its other containers.</param>
    /// <param name="sandbox">Which.</param>
    /// <param name="now">The end of what is counted, where it has not ended.</param>
    public static SandboxUsage Read(ContainerRuntime runtime, SidecarDesk sidecars, SandboxRecord sandbox, DateTimeOffset now)
    {
        long cpu = 0;
        double memory = 0;
        foreach (string id in sidecars.List(sandbox.TaskId).Select(each => each.Id.Text).Prepend(sandbox.TaskId.Text))
        {
            ContainerUsage? used = runtime.ReadUsage(id);
            cpu += used?.CpuNanoseconds ?? 0;
            memory += used?.MemoryByteSeconds ?? 0;
        }

        SandboxResources wanted = SandboxDefinition.Read(sandbox.Definition).Resources;
        TimeSpan life = sandbox.StartedAt is { } started ? (sandbox.EndedAt ?? now) - started : TimeSpan.Zero;
        return new SandboxUsage(cpu, memory, wanted.GpuType is null ? TimeSpan.Zero : life * Math.Max(1, wanted.GpuCount), wanted.GpuType);
    }
}
