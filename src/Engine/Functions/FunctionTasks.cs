using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Transactions;
using Appliance.Mounts.Clients;

namespace Appliance.Engine.Functions;

/// <summary>A function's container, as what it is stored: a sandbox that nobody asked for by name and no client lists.</summary>
public static class FunctionTasks
{
    private static readonly string[] Program = ["python", "-m", "modal._container_entrypoint"];

    /// <summary>The containers of a cluster, by rank.</summary>
    /// <exception cref="Core.Errors.ApplianceException">NotFound: the function went away, or its app stopped.</exception>
    public static SandboxRecord[] CreateTogether(
        WriteTransaction write, FunctionId id, ClusterId cluster, IReadOnlyList<TaskId> tasks, DefinitionId definitionId, FunctionDefinition definition)
    {
        string[] names = [.. tasks.Select(task => task.Text)];
        return [.. tasks.Select((task, rank) => Create(write, id, task, definitionId, definition, new ClusterOfTask(cluster.Text, rank, names)))];
    }

    /// <exception cref="Core.Errors.ApplianceException">NotFound: the function went away, or its app stopped.</exception>
    public static SandboxRecord Create(
        WriteTransaction write, FunctionId id, TaskId task, DefinitionId definitionId, FunctionDefinition definition, ClusterOfTask? cluster = null)
    {
        FunctionRecord function = FunctionRows.Find(write, id) ?? throw FunctionDirectory.NotFound(id.Text);
        AppRecord app = AppRows.Find(write, function.AppId) is { State: not AppLife.Stopped } runs ? runs : throw FunctionDirectory.NotFound(id.Text);
        var described = new SandboxDefinition
        {
            Arguments = Program,
            ImageId = definition.ImageId,
            SecretIds = definition.SecretIds,
            MountIds = [.. ClientLibraries.Dependencies(write, app.WorkspaceId), .. definition.MountIds],
            Volumes = definition.Volumes,
            Resources = definition.Resources,
            Network = new SandboxNetwork(definition.BlocksNetwork ? SandboxNetworkKind.Blocked : SandboxNetworkKind.Open, [], []),
            Terminal = definition.Terminal,
            Runtime = definition.Runtime,
            Function = new FunctionOfTask(id.Text, definitionId.Text, definition.IsRestricted, cluster, definition.AllowsSnapshots),
        };
        return SandboxRows.Add(write, new SandboxRecord(
            ObjectId.Mint<SandboxId>(),
            task,
            app.WorkspaceId,
            TokenId.FromText(app.Id.Text),
            app.EnvironmentId,
            app.Id,
            Name: null,
            described.Write(),
            write.Now,
            FunctionId: id));
    }
}
