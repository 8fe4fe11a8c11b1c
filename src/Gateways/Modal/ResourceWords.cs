using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Modal.Images;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal;

/// <summary>What a container needs and may use; 0 stands for the default.</summary>
internal static class ResourceWords
{
    public static SandboxResources ToNeutral(Resources? asked) => asked is null ? new SandboxResources() : Over(new SandboxResources(), asked);

    /// <summary>What is asked for, and for the rest what is present.</summary>
    public static SandboxResources Over(SandboxResources present, Resources asked)
    {
        string? gpu = GpuText.TypeOf(asked.GpuConfig) is { Length: > 0 } type ? type : null;
        return new SandboxResources(
            OrNull(asked.MilliCpu) ?? present.CpuMilli,
            OrNull(asked.MilliCpuMax) ?? present.CpuMilliMax,
            OrNull(asked.MemoryMb) ?? present.MemoryMiB,
            OrNull(asked.MemoryMbMax) ?? present.MemoryMiBMax,
            gpu ?? present.GpuType,
            gpu is null ? present.GpuCount : asked.GpuConfig.Count);
    }

    private static uint? OrNull(uint value) => value == 0 ? null : value;
}
