using Appliance.Containers.Runtime;
using Appliance.Core.Ids;
using Appliance.Engine.Resources;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Sidecars;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>What sandboxes have used of the machine, running and ended.</summary>
public sealed class SandboxUsageService(
    SandboxDirectory directory, ContainerRuntime runtime, SidecarDesk sidecars, TimeProvider clock) : ModalClient.ModalClientBase
{
    private const double BytesPerGibibyte = 1L << 30;
    private const double NanosecondsPerSecond = 1e9;

    public override Task<SandboxGetResourceUsageResponse> SandboxGetResourceUsage(
        SandboxGetResourceUsageRequest request, ServerCallContext context)
    {
        SandboxRecord record = directory.Get(context.GetCaller(), SandboxId.Read(request.SandboxId));
        SandboxUsage usage = SandboxUsage.Read(runtime, sidecars, record, clock.GetUtcNow());
        var response = new SandboxGetResourceUsageResponse
        {
            CpuCoreNanosecs = (ulong)usage.CpuNanoseconds,
            MemGibNanosecs = (ulong)(usage.MemoryByteSeconds / BytesPerGibibyte * NanosecondsPerSecond),
            GpuNanosecs = (ulong)(usage.GpuTime.TotalSeconds * NanosecondsPerSecond),
        };
        if (usage.GpuType is { } type)
        {
            response.GpuType = type;
        }

        return Task.FromResult(response);
    }
}
