using Appliance.Gateways.Calls;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal;

/// <summary>The Modal protocol as one service.</summary>
public static class ModalService
{
    /// <summary>What the groups of methods are added to, each a class that overrides what it is about.</summary>
    public static ServiceComposition<ModalClient.ModalClientBase> Begin() => new(ModalClient.BindService);

    public static GatewayService Compose(ServiceComposition<ModalClient.ModalClientBase> groups) =>
        new("modal.client.ModalClient", groups.Build(), () => ApiReflection.Descriptor);
}
