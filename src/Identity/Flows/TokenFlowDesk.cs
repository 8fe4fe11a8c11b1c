using System.Collections.Concurrent;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Tokens;
using Appliance.Identity.Tokens;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Identity;

namespace Appliance.Identity.Flows;

/// <summary>
/// Gives a token to a client that has none, once a person on the box, or with a token, has allowed it
/// (<c>modal token new</c>, contracts/modal.md §1).
/// </summary>
public sealed class TokenFlowDesk(MetadataStore store, WorkspaceModel workspace, TokenAuthority tokens, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // What anybody may open without credentials must be bounded.
    private const int OpenFlowCountMax = 1_000;

    private readonly ConcurrentDictionary<TokenFlowId, TaskCompletionSource> waiting = new();
    private readonly ConcurrentDictionary<TokenId, TokenFlowId> redeemed = new();

    /// <exception cref="ApplianceException">ResourceExhausted: too many flows are open.</exception>
    public async Task<OpenedFlow> OpenAsync(CancellationToken cancellation)
    {
        string waitSecret = TokenSecret.Mint();
        TokenFlowRecord flow = await store.WriteAsync(
            write =>
            {
                TokenFlows.Purge(write);
                if (TokenFlows.Count(write) >= OpenFlowCountMax)
                {
                    throw new ApplianceException(
                        ErrorKind.ResourceExhausted,
                        $"{OpenFlowCountMax} token requests are open: try again in {Lifetime.TotalMinutes} minutes, or use 'appliance token create' on the server.");
                }

                return TokenFlows.Open(write, TokenSecret.Hash(waitSecret), FlowCode.Mint(), Lifetime);
            },
            cancellation).ConfigureAwait(false);
        return new OpenedFlow(flow.Id, flow.Code, waitSecret);
    }

    /// <summary>The client's token once the flow is approved; null when that has not happened within the timeout.</summary>
    /// <exception cref="ApplianceException">NotFound: unknown, expired, or not this client's. PermissionDenied: refused.</exception>
    public async Task<IssuedToken?> WaitAsync(TokenFlowId id, string waitSecret, TimeSpan timeout, CancellationToken cancellation)
    {
        GetOwn(id, waitSecret);

        // The bell is hung before the state is read again, so that a decision in between is heard.
        TaskCompletionSource bell = waiting.GetOrAdd(id, _ => NewBell());
        TokenFlowRecord flow = GetOwn(id, waitSecret);
        if (flow.State == TokenFlowState.Pending)
        {
            TimeSpan left = flow.ExpiresAt - clock.GetUtcNow();
            try
            {
                await bell.Task.WaitAsync(left < timeout ? left : timeout, clock, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                GetOwn(id, waitSecret);
                return null;
            }

            flow = GetOwn(id, waitSecret);
        }

        return flow.State == TokenFlowState.Refused
            ? throw new ApplianceException(ErrorKind.PermissionDenied, $"The request for a token with code '{flow.Code}' was refused.")
            : await RedeemAsync(id, waitSecret, cancellation).ConfigureAwait(false);
    }

    public TokenFlowRecord? Find(TokenFlowId id) => store.Read(read => TokenFlows.Find(read, id));

    /// <summary>Allows the flow with this code.</summary>
    /// <exception cref="ApplianceException">NotFound: no flow with this code waits for approval.</exception>
    public async Task ApproveAsync(string code, string tokenName, CancellationToken cancellation)
    {
        string wanted = FlowCode.Normalise(code);
        TokenFlowId id = await store.WriteAsync(
            write =>
            {
                if (TokenFlows.FindByCode(write, wanted) is not { } flow
                    || !TokenFlows.Approve(write, flow.Id, workspace.Id, tokenName))
                {
                    throw new ApplianceException(ErrorKind.NotFound, $"No request with code '{wanted}' waits for approval: codes last {Lifetime.TotalMinutes} minutes. Run 'modal token new' again.");
                }

                return flow.Id;
            },
            cancellation).ConfigureAwait(false);
        if (waiting.TryGetValue(id, out TaskCompletionSource? bell))
        {
            bell.TrySetResult();
        }
    }

    /// <summary>To be called when a token is seen in use: its secret can then no longer be handed out anew.</summary>
    public async Task CloseFlowOfAsync(TokenId token)
    {
        if (redeemed.TryRemove(token, out TokenFlowId flow))
        {
            await store.WriteAsync(write => TokenFlows.Close(write, flow)).ConfigureAwait(false);
            waiting.TryRemove(flow, out _);
        }
    }

    private async Task<IssuedToken?> RedeemAsync(TokenFlowId id, string waitSecret, CancellationToken cancellation)
    {
        string secret = TokenSecret.Mint();
        TokenRecord token = await store.WriteAsync(
            write => TokenFlows.Redeem(write, id, TokenSecret.Hash(waitSecret), TokenSecret.Hash(secret)),
            cancellation).ConfigureAwait(false) ?? throw Unknown(id);
        tokens.Forget(token.Id);
        redeemed[token.Id] = id;
        return new IssuedToken(token.Id, secret, token.Name, token.ExpiresAt);
    }

    private TokenFlowRecord GetOwn(TokenFlowId id, string waitSecret)
    {
        if (Find(id) is { } flow && flow.HasWaitSecret(TokenSecret.Hash(waitSecret)) && clock.GetUtcNow() < flow.ExpiresAt)
        {
            return flow;
        }

        waiting.TryRemove(id, out _);
        throw Unknown(id);
    }

    private static ApplianceException Unknown(TokenFlowId id) =>
        new(ErrorKind.NotFound, $"Token request '{id}' is unknown or has expired: run 'modal token new' again.");

    private static TaskCompletionSource NewBell() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
