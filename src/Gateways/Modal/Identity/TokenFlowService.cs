using Appliance.Core.Ids;
using Appliance.Core.Ids.Tokens;
using Appliance.Core.Lifetime;
using Appliance.Identity.Flows;
using Appliance.Identity.Workspaces;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Identity;

/// <summary><c>modal token new</c>: a client without credentials asks for a token and waits for a person to allow it.</summary>
public sealed class TokenFlowService(TokenFlowDesk flows, WorkspaceModel workspace, PublicAddress address, DrainSignal drain)
    : ModalClient.ModalClientBase
{
    // The client asks for 40 s and gives up after 45.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(40);

    public override async Task<TokenFlowCreateResponse> TokenFlowCreate(TokenFlowCreateRequest request, ServerCallContext context)
    {
        OpenedFlow flow = await flows.OpenAsync(context.CancellationToken);
        return new TokenFlowCreateResponse
        {
            TokenFlowId = flow.Id.Text,
            Code = flow.Code,
            WaitSecret = flow.WaitSecret,
            WebUrl = address.HttpUrl($"/token-flow/{flow.Id}"),
        };
    }

    public override async Task<TokenFlowWaitResponse> TokenFlowWait(TokenFlowWaitRequest request, ServerCallContext context)
    {
        TimeSpan timeout = TimeSpan.FromSeconds(Math.Clamp(request.Timeout, 0, LongestWait.TotalSeconds));
        TokenFlowId id = ObjectId.Read<TokenFlowId>(request.TokenFlowId);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        try
        {
            return await flows.WaitAsync(id, request.WaitSecret, timeout, end.Token) is { } token
                ? new TokenFlowWaitResponse { TokenId = token.Id.Text, TokenSecret = token.Secret, WorkspaceUsername = workspace.Name }
                : new TokenFlowWaitResponse { Timeout = true };
        }
        catch (OperationCanceledException) when (drain.Token.IsCancellationRequested)
        {
            // The client asks again, and finds the server that comes after this one.
            return new TokenFlowWaitResponse { Timeout = true };
        }
    }
}
