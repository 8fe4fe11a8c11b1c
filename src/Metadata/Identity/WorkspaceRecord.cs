using Appliance.Core.Ids;

namespace Appliance.Metadata.Identity;

/// <summary>The owner of environments and tokens. The name is what clients show and store as their profile.</summary>
public sealed record WorkspaceRecord(WorkspaceId Id, string Name, DateTimeOffset CreatedAt);
