using Appliance.Core.Ids;
using Appliance.Identity.Environments;
using Appliance.Metadata;
using Appliance.Metadata.Identity;

namespace Appliance.Identity.Workspaces;

/// <summary>Makes sure that there is a workspace with a default environment. Runs at every start.</summary>
public static class WorkspaceBootstrap
{
    /// <param name="store">The open metadata.</param>
    /// <param name="name">The name of a new workspace; one that exists keeps its own.</param>
    public static Task<WorkspaceModel> EnsureAsync(MetadataStore store, string name) => store.WriteAsync(write =>
    {
        WorkspaceRecord record = Metadata.Identity.Workspaces.List(write) is [{ } first, ..]
            ? first
            : Metadata.Identity.Workspaces.Ensure(write, name);
        if (Metadata.Identity.Environments.FindDefault(write, record.Id) is null)
        {
            Metadata.Identity.Environments.Add(write, new EnvironmentRecord(
                ObjectId.Mint<EnvironmentId>(),
                record.Id,
                EnvironmentNames.Default,
                WebhookSuffix: string.Empty,
                ImageBuilderVersions.Newest,
                EnvironmentRole.Default,
                write.Now,
                CreatedBy: null));
        }

        return new WorkspaceModel(record.Id, record.Name);
    });
}
