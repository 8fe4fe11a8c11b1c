using System.Collections.Concurrent;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Calls;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools.Gangs;

/// <summary>
/// Stands between a pool and the world: what the pool does to one container is done to each member of a gang, where its
/// function runs in clusters, and what happens to members reaches the pool once for all of them.
/// </summary>
internal sealed class PoolGangs(FunctionPool pool, IPoolHost world) : IPoolHost
{
    private readonly ConcurrentDictionary<TaskId, Gang> byMember = new();

    /// <summary>Null for a container that works alone.</summary>
    public Gang? Find(TaskId task) => byMember.GetValueOrDefault(task);

    /// <summary>How the pool knows a container.</summary>
    public TaskId LeadOf(TaskId task) => Find(task)?.Lead ?? task;

    /// <summary>Takes up a gang of an earlier server; members that are gone by now are to be reported as ended.</summary>
    public void Adopt(ClusterId id, IReadOnlyList<TaskId> tasks) => Add(new Gang(pool, id, tasks)).Resume();

    /// <summary>Whether a container's process is the last that its gang has waited for.</summary>
    public bool Start(TaskId task) => Find(task)?.Start(task) ?? true;

    /// <summary>Nothing of a container is left: the others of its gang end, too.</summary>
    /// <returns>How the gang ended; null while some of it is left.</returns>
    public SandboxResult? End(TaskId task, SandboxResult result)
    {
        if (Find(task) is not { } gang)
        {
            return result;
        }

        (IReadOnlyList<TaskId> others, SandboxResult? whole) = gang.End(task, result);
        foreach (TaskId other in others)
        {
            world.Kill(other);
        }

        if (whole is not null)
        {
            foreach (TaskId member in gang.Tasks)
            {
                byMember.TryRemove(member, out _);
            }
        }

        return whole;
    }

    public void Launch(FunctionPool of, TaskId task)
    {
        if (of.Definition.ClusterSize == 0)
        {
            world.Launch(of, task);
            return;
        }

        var tasks = new TaskId[of.Definition.ClusterSize];
        tasks[0] = task;
        for (int rank = 1; rank < tasks.Length; rank++)
        {
            tasks[rank] = TaskId.Mint(isVersion2: false);
        }

        Gang gang = Add(new Gang(of, ObjectId.Mint<ClusterId>(), tasks));
        world.LaunchTogether(of, gang.Id, tasks);
    }

    public void LaunchTogether(FunctionPool of, ClusterId id, IReadOnlyList<TaskId> tasks) => world.LaunchTogether(of, id, tasks);

    public void Kill(TaskId task)
    {
        foreach (TaskId each in Find(task)?.Tasks ?? [task])
        {
            world.Kill(each);
        }
    }

    /// <summary>Servers do not run in clusters.</summary>
    public void Terminate(TaskId task) => world.Terminate(task);

    public bool IsCrowded => world.IsCrowded;

    public bool TryYield(FunctionPool of, TaskId task) => world.TryYield(of, task);

    public void NoteClaims(IReadOnlyList<PoolInput> inputs) => world.NoteClaims(inputs);

    public void NoteAgain(PoolInput input, DateTimeOffset dueAt) => world.NoteAgain(input, dueAt);

    public void End(IReadOnlyList<PoolInput> inputs, InputStatus status, string message, byte[]? body = null) =>
        world.End(inputs, status, message, body);

    private Gang Add(Gang gang)
    {
        foreach (TaskId task in gang.Tasks)
        {
            byMember[task] = gang;
        }

        return gang;
    }
}
