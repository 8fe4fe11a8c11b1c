using Appliance.Core.Ids;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>The ports that a pool's containers serve, and the requests that are under way to them.</summary>
public sealed class PoolServers
{
    private readonly PoolContainers containers;
    private readonly PoolInputs inputs;
    private readonly StartFailures failures;
    private readonly Action<Action<DateTimeOffset>> change;

    internal PoolServers(PoolContainers containers, PoolInputs inputs, StartFailures failures, Action<Action<DateTimeOffset>> change)
    {
        this.containers = containers;
        this.inputs = inputs;
        this.failures = failures;
        this.change = change;
    }

    /// <summary>Lets requests go to a port of a container; with null, to it no more.</summary>
    public void SetPort(TaskId task, int? port) => change(now =>
    {
        if (containers.Find(task) is not { } container)
        {
            return;
        }

        container.Port = port;
        if (port is not null && container.MarkReady(now))
        {
            failures.Clear();
        }

        if (port is not null && !container.IsOutdated)
        {
            containers.StopOutdated();
        }
    });

    /// <summary>A container's port refuses connections: a server is replaced by another; any other says itself when its port answers again.</summary>
    public void Distrust(TaskId task) => change(_ =>
    {
        if (containers.Find(task) is { Port: not null } container)
        {
            container.Port = null;
            if (container.Grace is not null)
            {
                containers.Stop(container, kill: false);
            }
        }
    });

    /// <summary>A request is over, or its caller has gone.</summary>
    public void Leave(PoolInput request) => change(now =>
    {
        if (request.Task is { } task)
        {
            containers.Release(task, request.Id, now);
        }

        inputs.End(request.Id);
    });

    /// <summary>Where requests may go.</summary>
    public IReadOnlyList<ServerPlace> List()
    {
        List<ServerPlace> places = [];
        change(_ =>
        {
            foreach (PoolContainer container in containers.All)
            {
                if (container is { Port: { } port, IsStopping: false })
                {
                    places.Add(new ServerPlace(container.Task, port));
                }
            }
        });
        return places;
    }
}
