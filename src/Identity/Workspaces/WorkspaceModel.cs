using Appliance.Core.Ids;

namespace Appliance.Identity.Workspaces;

/// <summary>The one workspace of this appliance.</summary>
public sealed record WorkspaceModel(WorkspaceId Id, string Name)
{
    /// <summary>Clients show a user beside the workspace; here the owner is the only one.</summary>
    public string OwnerId => "us" + Id.Text[WorkspaceId.Prefix.Length..];
}
