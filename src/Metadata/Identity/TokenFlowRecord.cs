using Appliance.Core.Digests;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Tokens;

namespace Appliance.Metadata.Identity;

/// <summary>A client without credentials that waits for a person to allow it a token.</summary>
/// <param name="Id">Given to the client and shown in the address that the person opens.</param>
/// <param name="WaitSecretHash">SHA-256 of what only the waiting client knows.</param>
/// <param name="Code">What client and person compare; unique among stored flows.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">Whole microseconds.</param>
/// <param name="ExpiresAt">From then on the flow can be neither approved nor redeemed.</param>
/// <param name="WorkspaceId">Set by the approval.</param>
/// <param name="TokenName">Set by the approval.</param>
/// <param name="TokenId">Set when the client first takes its token.</param>
public sealed record TokenFlowRecord(
    TokenFlowId Id,
    Digest WaitSecretHash,
    string Code,
    TokenFlowState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    WorkspaceId? WorkspaceId,
    string? TokenName,
    TokenId? TokenId)
{
    /// <summary>Compares in constant time.</summary>
    public bool HasWaitSecret(Digest hash) => WaitSecretHash.EqualsInConstantTime(hash);
}
