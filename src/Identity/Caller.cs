using Appliance.Core.Ids;

namespace Appliance.Identity;

/// <summary>Who sends a request, as the server has verified it; never as the request claims it.</summary>
public sealed record Caller(WorkspaceId WorkspaceId, TokenId TokenId, string TokenName);
