using Appliance.Core.Errors;
using Appliance.Engine.Access;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>Ports that a program in a container opens to the outside while it runs: <c>modal.forward</c>.</summary>
public sealed class TunnelService(SandboxTunnels tunnels, ServerDesk servers, PublicAddress address) : ModalClient.ModalClientBase
{
    public override async Task<TunnelStartResponse> TunnelStart(TunnelStartRequest request, ServerCallContext context)
    {
        LiveSandbox container = GetContainer(context);
        if (request.Port is 0 or > ushort.MaxValue)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Port {request.Port} cannot be opened: ports are 1 to {ushort.MaxValue}.");
        }

        if (servers.IsServed(container, request.Port))
        {
            // So the client's program says that it is done with its enter hooks. A port on the machine would ask callers for no token.
            await servers.BeginAsync(container);
            return new TunnelStartResponse { Host = address.HostName, Port = (uint)address.HttpPort };
        }

        var port = new SandboxPort(request.Port, request.Unencrypted, request.HasTunnelType && request.TunnelType == TunnelType.H2);
        var response = new TunnelStartResponse();
        foreach (TunnelRecord opened in await tunnels.AddAsync(container, port))
        {
            if (opened.IsPlain)
            {
                response.UnencryptedHost = address.HostName;
                response.UnencryptedPort = (uint)opened.MachinePort;
            }
            else
            {
                response.Host = address.HostName;
                response.Port = (uint)opened.MachinePort;
            }
        }

        return response;
    }

    public override async Task<TunnelStopResponse> TunnelStop(TunnelStopRequest request, ServerCallContext context) =>
        new() { Exists = await tunnels.RemoveAsync(GetContainer(context), request.Port) };

    private static LiveSandbox GetContainer(ServerCallContext context) => context.FindContainer() ?? throw new ApplianceException(
        ErrorKind.PermissionDenied, $"'{context.Method[1..]}' is for programs in containers.");
}
