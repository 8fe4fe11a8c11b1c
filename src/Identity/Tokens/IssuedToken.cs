using Appliance.Core.Ids;

namespace Appliance.Identity.Tokens;

/// <summary>A new token with its secret, for the one moment at which both are known.</summary>
public sealed record IssuedToken(TokenId Id, string Secret, string Name, DateTimeOffset? ExpiresAt)
{
    /// <summary>The secret stays out of anything that prints this record.</summary>
    public override string ToString() => $"{nameof(IssuedToken)} {Id}";
}
