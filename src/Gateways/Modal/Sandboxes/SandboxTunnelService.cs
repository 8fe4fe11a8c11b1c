using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Access;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>How sandboxes are reached from outside (contracts/sandbox.md §2): on the name by which the client reaches the server.</summary>
public sealed class SandboxTunnelService(
    SandboxDirectory directory, SandboxSupervisor supervisor, SandboxTunnels tunnels, DrainSignal drain) : ModalClient.ModalClientBase
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(55);

    public override async Task<SandboxGetTunnelsResponse> SandboxGetTunnels(SandboxGetTunnelsRequest request, ServerCallContext context)
    {
        SandboxRecord record = directory.Get(context.GetCaller(), SandboxId.Read(request.SandboxId));
        if (supervisor.Find(record.Id) is not { } live)
        {
            throw SandboxErrors.Ended(record.Id);
        }

        var hold = TimeSpan.FromSeconds(Math.Max(0, request.Timeout));
        if (!await IsUpAsync(live, hold < LongestHold ? hold : LongestHold, context))
        {
            return live.Ended.IsCompleted ? throw SandboxErrors.Ended(record.Id) : new SandboxGetTunnelsResponse
            {
                Result = new GenericResult
                {
                    Status = GenericResult.Types.GenericStatus.Timeout,
                    Exception = $"The tunnels of sandbox '{record.Id}' were not up in time: its container has not started yet.",
                },
            };
        }

        string host = new HostString(context.Host).Host;
        var response = new SandboxGetTunnelsResponse { Result = new GenericResult { Status = GenericResult.Types.GenericStatus.Success } };
        response.Tunnels.AddRange(tunnels.Find(record.TaskId).GroupBy(each => each.ContainerPort).Select(each => Describe(host, each)));
        return response;
    }

    public override Task<SandboxGetTunnelsResponse> SandboxGetTunnelsV2(SandboxGetTunnelsRequest request, ServerCallContext context) =>
        SandboxGetTunnels(request, context);

    private static TunnelData Describe(string host, IGrouping<int, TunnelRecord> ends)
    {
        var data = new TunnelData { ContainerPort = (uint)ends.Key };
        foreach (TunnelRecord end in ends)
        {
            if (end.IsPlain)
            {
                data.UnencryptedHost = host;
                data.UnencryptedPort = (uint)end.MachinePort;
            }
            else
            {
                data.Host = host;
                data.Port = (uint)end.MachinePort;
            }
        }

        return data;
    }

    private async Task<bool> IsUpAsync(LiveSandbox sandbox, TimeSpan hold, ServerCallContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        if (!sandbox.Started.IsCompleted && hold > TimeSpan.Zero)
        {
            await Task.WhenAny(sandbox.Started, Task.Delay(hold, either.Token));
            context.CancellationToken.ThrowIfCancellationRequested();
        }

        return sandbox.Started.IsCompletedSuccessfully;
    }
}
