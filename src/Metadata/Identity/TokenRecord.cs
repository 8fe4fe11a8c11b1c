using Appliance.Core.Digests;
using Appliance.Core.Ids;

namespace Appliance.Metadata.Identity;

/// <summary>Credentials of a client. The secret itself is stored nowhere; only its SHA-256 is.</summary>
/// <param name="Id">The public half, which clients send as it is.</param>
/// <param name="WorkspaceId">What it gives access to.</param>
/// <param name="Name">For people; need not be unique.</param>
/// <param name="SecretHash">SHA-256 of the secret's UTF-8 text.</param>
/// <param name="CreatedAt">Whole microseconds.</param>
/// <param name="ExpiresAt">Null: never.</param>
/// <param name="RevokedAt">Null: it is not.</param>
public sealed record TokenRecord(
    TokenId Id,
    WorkspaceId WorkspaceId,
    string Name,
    Digest SecretHash,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt)
{
    public bool IsLiveAt(DateTimeOffset time) => RevokedAt is null && (ExpiresAt is null || time < ExpiresAt);

    /// <summary>Compares in constant time.</summary>
    public bool HasSecret(Digest hash) => SecretHash.EqualsInConstantTime(hash);
}
