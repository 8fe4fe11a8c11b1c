using Appliance.Core.Ids;
using Appliance.Engine.Access;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Lets others than this appliance's users reach a server in a sandbox (contracts/sandbox.md §2).</summary>
public sealed class SandboxConnectService(
    SandboxDirectory directory, SandboxSupervisor supervisor, ConnectTokens tokens, PublicAddress address) : ModalClient.ModalClientBase
{
    private const uint DefaultPort = 8080;

    public override Task<SandboxCreateConnectTokenResponse> SandboxCreateConnectToken(
        SandboxCreateConnectTokenRequest request, ServerCallContext context)
    {
        SandboxRecord record = directory.Get(context.GetCaller(), SandboxId.Read(request.SandboxId));
        if (record.EndedAt is not null || supervisor.Find(record.Id) is not { } live)
        {
            throw SandboxErrors.Ended(record.Id);
        }

        string token = tokens.Issue(
            record.Id,
            request.HasPort ? request.Port : DefaultPort,
            request.UserMetadata,
            // It opens nothing once the sandbox has ended.
            TimeSpan.FromSeconds(live.Definition.TimeoutSeconds));
        return Task.FromResult(new SandboxCreateConnectTokenResponse { Url = address.HttpUrl("/").TrimEnd('/'), Token = token });
    }

    public override Task<SandboxCreateConnectTokenResponse> SandboxCreateConnectTokenV2(
        SandboxCreateConnectTokenRequest request, ServerCallContext context) => SandboxCreateConnectToken(request, context);
}
