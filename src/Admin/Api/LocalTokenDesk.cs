using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity.Flows;
using Appliance.Identity.Tokens;
using Appliance.Metadata.Identity;

namespace Appliance.Admin.Api;

/// <summary>Works on the metadata itself: in the server, or in a verb while no server runs.</summary>
public sealed class LocalTokenDesk(TokenAuthority tokens, TokenFlowDesk flows, TimeProvider clock) : ITokenDesk
{
    private const double LifetimeSecondsMax = 100.0 * 366 * 24 * 3600;

    public Task<IReadOnlyList<TokenSummary>> ListAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return Task.FromResult<IReadOnlyList<TokenSummary>>([.. tokens.List().Select(token => Summarise(token, now))]);
    }

    public async Task<NewToken> CreateAsync(TokenRequest request, CancellationToken cancellation)
    {
        if (request.LifetimeSeconds is <= 0 or > LifetimeSecondsMax or double.NaN)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"A token lives between 1 and {LifetimeSecondsMax} seconds, not {request.LifetimeSeconds}.");
        }

        TimeSpan? lifetime = request.LifetimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        IssuedToken token = await tokens.IssueAsync(request.Name, lifetime, cancellation);
        return new NewToken(token.Id.Text, token.Secret, token.Name, token.ExpiresAt);
    }

    public Task RevokeAsync(TokenId id, CancellationToken cancellation) => tokens.RevokeAsync(id, cancellation);

    public Task ApproveAsync(FlowApproval approval, CancellationToken cancellation) =>
        flows.ApproveAsync(approval.Code, approval.TokenName, cancellation);

    private static TokenSummary Summarise(TokenRecord token, DateTimeOffset now)
    {
        string state = token.RevokedAt is not null ? "revoked" : token.IsLiveAt(now) ? "live" : "expired";
        return new TokenSummary(token.Id.Text, token.Name, state, token.CreatedAt, token.ExpiresAt);
    }
}
