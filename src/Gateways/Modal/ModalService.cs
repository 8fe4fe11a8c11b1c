using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Dicts;
using Appliance.Gateways.Modal.Environments;
using Appliance.Gateways.Modal.Identity;
using Appliance.Gateways.Modal.Queues;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal;

/// <summary>The Modal protocol as one service. A new group of methods is one more line here.</summary>
public static class ModalService
{
    public static GatewayService Compose(
        ClientService clients,
        TokenFlowService tokenFlows,
        EnvironmentService environments,
        QueueService queues,
        DictService dicts) => new(
        "modal.client.ModalClient",
        new ServiceComposition<ModalClient.ModalClientBase>(ModalClient.BindService)
            .Add(clients)
            .Add(tokenFlows)
            .Add(environments)
            .Add(queues)
            .Add(dicts)
            .Build(),
        () => ApiReflection.Descriptor);
}
