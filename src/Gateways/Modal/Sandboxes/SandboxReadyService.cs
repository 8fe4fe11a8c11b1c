using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Waiting for a sandbox to be ready, as older clients ask.</summary>
public sealed class SandboxReadyService(SandboxDirectory directory, SandboxReadiness readiness) : ModalClient.ModalClientBase
{
    public override async Task<SandboxWaitUntilReadyResponse> SandboxWaitUntilReady(SandboxWaitUntilReadyRequest request, ServerCallContext context)
    {
        SandboxRecord record = directory.Get(context.GetCaller(), SandboxId.Read(request.SandboxId));
        DateTimeOffset readyAt = await readiness.WaitAsync(
            record.TaskId, TimeSpan.FromSeconds(Math.Clamp(request.Timeout, 0, int.MaxValue / 1000)), context.CancellationToken);
        return new SandboxWaitUntilReadyResponse { ReadyAt = ObjectCalls.ToUnixSeconds(readyAt) };
    }
}
