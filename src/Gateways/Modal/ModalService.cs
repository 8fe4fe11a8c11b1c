using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Environments;
using Appliance.Gateways.Modal.Identity;
using Appliance.Gateways.Modal.Mounts;
using Appliance.Gateways.Modal.Volumes;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal;

/// <summary>The Modal protocol as one service. A new group of methods is one more line here.</summary>
public static class ModalService
{
    public static GatewayService Compose(
        ClientService clients,
        TokenFlowService tokenFlows,
        EnvironmentService environments,
        MountService mounts,
        VolumeService volumes,
        VolumeUploadService volumeUploads,
        VolumeFileService volumeFiles,
        VolumeChangeService volumeChanges) => new(
        "modal.client.ModalClient",
        new ServiceComposition<ModalClient.ModalClientBase>(ModalClient.BindService)
            .Add(clients)
            .Add(tokenFlows)
            .Add(environments)
            .Add(mounts)
            .Add(volumes)
            .Add(volumeUploads)
            .Add(volumeFiles)
            .Add(volumeChanges)
            .Build(),
        () => ApiReflection.Descriptor);
}
