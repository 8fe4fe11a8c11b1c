using Appliance.Core.Ids;

namespace Appliance.Metadata.Identity;

/// <summary>A namespace for deployed objects within a workspace.</summary>
/// <param name="Id">Never reused.</param>
/// <param name="WorkspaceId">The owner.</param>
/// <param name="Name">Unique in the workspace; case matters.</param>
/// <param name="WebhookSuffix">Part of the addresses of web functions; may be empty.</param>
/// <param name="ImageBuilderVersion">What clients build images with, for example "2024.10".</param>
/// <param name="Role">At most one environment of a workspace is the default.</param>
/// <param name="CreatedAt">Whole microseconds.</param>
/// <param name="CreatedBy">The token that asked for it; null for what the server made by itself.</param>
public sealed record EnvironmentRecord(
    EnvironmentId Id,
    WorkspaceId WorkspaceId,
    string Name,
    string WebhookSuffix,
    string ImageBuilderVersion,
    EnvironmentRole Role,
    DateTimeOffset CreatedAt,
    TokenId? CreatedBy);
