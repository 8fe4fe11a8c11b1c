using Appliance.Core.Digests;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Tokens;

namespace Appliance.Metadata.Identity;

/// <summary>Credentials of somebody who calls web functions and nothing else.</summary>
/// <param name="Id">The public half.</param>
/// <param name="WorkspaceId">Whose functions it opens.</param>
/// <param name="Name">For people; may be empty.</param>
/// <param name="SecretHash">SHA-256 of the secret's UTF-8 text.</param>
/// <param name="IsScoped">Whether it opens only the environments it is allowed for; else all.</param>
/// <param name="CreatedAt">Whole microseconds.</param>
public sealed record ProxyTokenRecord(
    ProxyTokenId Id, WorkspaceId WorkspaceId, string Name, Digest SecretHash, bool IsScoped, DateTimeOffset CreatedAt);
