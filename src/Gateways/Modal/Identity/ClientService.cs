using Appliance.Gateways.Calls;
using Appliance.Identity.Flows;
using Appliance.Identity.Tokens;
using Appliance.Identity.WebTokens;
using Appliance.Identity.Workspaces;
using Appliance.Metadata.Identity;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Identity;

/// <summary>Who a client is, and that it is welcome.</summary>
public sealed class ClientService(
    WorkspaceModel workspace, TokenAuthority tokens, WebTokenSigner webTokens, TokenFlowDesk flows) : ModalClient.ModalClientBase
{
    /// <summary>Called by <c>modal token new</c> and <c>token set</c> with the new token: proof that it arrived.</summary>
    public override async Task<ClientHelloResponse> ClientHello(Empty request, ServerCallContext context)
    {
        await flows.CloseFlowOfAsync(context.GetCaller().TokenId);
        return new ClientHelloResponse();
    }

    public override Task<AuthTokenGetResponse> AuthTokenGet(AuthTokenGetRequest request, ServerCallContext context) =>
        Task.FromResult(new AuthTokenGetResponse { Token = webTokens.Issue(context.GetCaller()) });

    /// <summary>Clients take <c>username</c> as the name of their profile.</summary>
    public override Task<WorkspaceNameLookupResponse> WorkspaceNameLookup(Empty request, ServerCallContext context) =>
        Task.FromResult(new WorkspaceNameLookupResponse { Username = workspace.Name });

    public override Task<TokenInfoGetResponse> TokenInfoGet(TokenInfoGetRequest request, ServerCallContext context)
    {
        TokenRecord token = tokens.Find(context.GetCaller().TokenId)!;
        var response = new TokenInfoGetResponse
        {
            TokenId = token.Id.Text,
            TokenName = token.Name,
            WorkspaceId = workspace.Id.Text,
            WorkspaceName = workspace.Name,
            UserIdentity = new UserIdentity { UserId = workspace.OwnerId, Username = workspace.Name },
            CreatedAt = token.CreatedAt.ToTimestamp(),
        };
        if (token.ExpiresAt is { } expiry)
        {
            response.ExpiresAt = expiry.ToTimestamp();
        }

        return Task.FromResult(response);
    }
}
