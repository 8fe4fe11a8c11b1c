using Appliance.Containers.Networks.Wires;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Core.Lifetime;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Clusters;

/// <summary>Clusters of a function's containers: how these find each other, and what of them runs (contracts/modal.md §4).</summary>
public sealed class ClusterService(MetadataStore store, FunctionPools pools, DrainSignal drain) : ModalClient.ModalClientBase
{
    /// <summary>A container learns its rank and all addresses, once the programs of all run.</summary>
    public override async Task<TaskClusterHelloResponse> TaskClusterHello(TaskClusterHelloRequest request, ServerCallContext context)
    {
        LiveSandbox container = context.GetFunctionContainer();
        if (container.Definition.Function!.Cluster is not { } cluster || pools.Get(container.Record.FunctionId!.Value).FindGang(container.TaskId) is not { } gang)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{container.TaskId}' belongs to no cluster: its function is not defined with @modal.experimental.clustered.");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        try
        {
            await gang.MeetAsync(container.TaskId, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new ApplianceException(ErrorKind.Unavailable, "The server stops while the containers of the cluster start: say hello again.");
        }

        return new TaskClusterHelloResponse
        {
            ClusterId = cluster.Id,
            ClusterRank = (uint)cluster.Rank,
            ContainerIps = { Enumerable.Range(0, cluster.Tasks.Count).Select(rank => WireAddresses.Of(cluster.Id, rank).ToString()) },
        };
    }

    public override Task<ClusterListResponse> ClusterList(ClusterListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            EnvironmentId place = EnvironmentDirectory.Get(read, caller, request.EnvironmentName).Id;
            var response = new ClusterListResponse();
            response.Clusters.AddRange(List(read, each => each.EnvironmentId.Equals(place)));
            return response;
        }));
    }

    /// <summary>This one machine is there as a whole; none of it is reserved for clusters.</summary>
    public override Task<ClusterReservationListResponse> ClusterReservationList(ClusterReservationListRequest request, ServerCallContext context) =>
        Task.FromResult(new ClusterReservationListResponse());

    public override Task<ClusterGetResponse> ClusterGet(ClusterGetRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        string id = ObjectId.Read<ClusterId>(request.ClusterId).Text;
        return Task.FromResult(new ClusterGetResponse
        {
            Cluster = store.Read(read => List(read, each => each.WorkspaceId.Equals(caller.WorkspaceId))).FirstOrDefault(each => each.ClusterId == id)
                ?? throw new ApplianceException(ErrorKind.NotFound, $"Cluster '{id}' not found: its containers have ended, or it never was. 'modal cluster list' shows those that run."),
        });
    }

    /// <summary>Those of more than one container, of which any has not ended. One that waits for its place on the machine has not started.</summary>
    private static List<ClusterStats> List(ReadTransaction read, Func<SandboxRecord, bool> isWanted)
    {
        Dictionary<string, ClusterStats> found = [];
        HashSet<string> waiting = [];
        foreach (SandboxRecord record in SandboxRows.ListLive(read))
        {
            if (record.FunctionId is null || !isWanted(record) || SandboxDefinition.Read(record.Definition).Function?.Cluster is not { Tasks.Count: > 1 } cluster)
            {
                continue;
            }

            if (!found.TryGetValue(cluster.Id, out ClusterStats? stats))
            {
                found[cluster.Id] = stats = new ClusterStats { ClusterId = cluster.Id, AppId = record.AppId.Text, TaskIds = { cluster.Tasks } };
            }

            if (record.StartedAt is { } started)
            {
                stats.StartedAt = Math.Max(stats.StartedAt, ObjectCalls.ToUnixSeconds(started));
            }
            else
            {
                waiting.Add(cluster.Id);
            }
        }

        foreach (string id in waiting)
        {
            found[id].StartedAt = 0;
        }

        return [.. found.Values];
    }
}
