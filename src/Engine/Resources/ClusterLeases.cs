using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Resources;

/// <summary>
/// The parts of clusters whose containers are being started. All of a cluster is asked for in one request, so two clusters
/// never wait for each other with a half each.
/// </summary>
internal sealed class ClusterLeases
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ClusterLease> leases = new(StringComparer.Ordinal);
    private readonly Dictionary<TaskId, ClusterLease> leaseOf = [];

    /// <summary>A container comes for its part.</summary>
    public ClusterLease Join(TaskId task, ClusterOfTask cluster)
    {
        lock (gate)
        {
            if (!leases.TryGetValue(cluster.Id, out ClusterLease? lease))
            {
                leases[cluster.Id] = lease = new ClusterLease(cluster.Id, cluster.Tasks);
            }

            lease.Present.Add(task);
            return leaseOf[task] = lease;
        }
    }

    /// <summary>Those of a cluster that have given back already what they have just been given.</summary>
    public IReadOnlyList<string> ListLeft(ClusterLease lease)
    {
        lock (gate)
        {
            return [.. lease.Left];
        }
    }

    /// <summary>A container gives its part back.</summary>
    /// <returns>Those that never came for theirs, once nobody of their cluster is left who could.</returns>
    public IReadOnlyList<string> Leave(TaskId task)
    {
        lock (gate)
        {
            if (!leaseOf.Remove(task, out ClusterLease? lease))
            {
                return [];
            }

            lease.Left.Add(task.Text);
            if (!lease.Present.Remove(task) || lease.Present.Count > 0)
            {
                return [];
            }

            leases.Remove(lease.Id);
            return [.. lease.Tasks.Where(each => !lease.Left.Contains(each))];
        }
    }
}
