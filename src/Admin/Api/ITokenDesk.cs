using Appliance.Core.Ids;

namespace Appliance.Admin.Api;

/// <summary>What the <c>token</c> verbs do, whether a server runs or not.</summary>
public interface ITokenDesk
{
    Task<IReadOnlyList<TokenSummary>> ListAsync(CancellationToken cancellation);

    Task<NewToken> CreateAsync(TokenRequest request, CancellationToken cancellation);

    Task RevokeAsync(TokenId id, CancellationToken cancellation);

    Task ApproveAsync(FlowApproval approval, CancellationToken cancellation);
}
