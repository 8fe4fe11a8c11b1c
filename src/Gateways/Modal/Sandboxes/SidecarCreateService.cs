using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Sidecars;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Containers beside a sandbox's main one, as newer clients create them.</summary>
public sealed class SidecarCreateService(SandboxDirectory directory, TaskProcesses processes, SidecarDesk sidecars) : ModalClient.ModalClientBase
{
    public override async Task<SandboxContainerCreateV2Response> SandboxContainerCreateV2(
        SandboxContainerCreateV2Request request, ServerCallContext context)
    {
        SandboxRecord record = directory.Get(context.GetCaller(), SandboxId.Read(request.SandboxId));
        SandboxDefinition asked = SandboxWords.ToDefinition(request.Definition ?? new Sandbox());
        if (asked.Ports.Count > 0 || asked.Resources.GpuType is not null)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, "A sidecar has no ports or GPUs of its own here: give them to the sandbox.");
        }

        var definition = new SidecarDefinition
        {
            ImageId = asked.ImageId,
            Arguments = asked.Arguments,
            SecretIds = asked.SecretIds,
            Volumes = asked.Volumes,
            MountIds = asked.MountIds,
            WorkingDirectory = asked.WorkingDirectory,
            Terminal = asked.Terminal,
        };
        await processes.GetContainerAsync(record.TaskId, context.CancellationToken);
        SidecarRecord created = await sidecars.CreateAsync(
            processes.GetLive(record.TaskId),
            new SidecarRequest(
                request.ContainerName,
                definition,
                [.. ContainerWords.ToVariables(request.EphemeralSecrets), .. ContainerWords.ToVariables(request.SecretSources)],
                request.Definition?.NetworkAccess is { } access ? ContainerWords.ToNetwork(access) : null),
            context.CancellationToken);
        return new SandboxContainerCreateV2Response { ContainerId = created.Id.Text, ContainerName = created.Name };
    }
}
