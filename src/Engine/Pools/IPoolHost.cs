using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Calls;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>What a pool does to the world. Every method returns at once; what it begins goes on without the pool's lock.</summary>
internal interface IPoolHost
{
    /// <summary>Starts a container; the pool hears of its end.</summary>
    void Launch(FunctionPool pool, TaskId task);

    /// <summary>Starts the containers of a gang, all or none of them; the pool hears of the end of each.</summary>
    /// <param name="pool">Whose.</param>
    /// <param name="id">What they are known as.</param>
    /// <param name="tasks">By rank.</param>
    void LaunchTogether(FunctionPool pool, ClusterId id, IReadOnlyList<TaskId> tasks);

    /// <summary>Kills a container.</summary>
    void Kill(TaskId task);

    /// <summary>Asks a container's program to end (SIGTERM).</summary>
    void Terminate(TaskId task);

    /// <summary>Whether anything on the machine waits for a place.</summary>
    bool IsCrowded { get; }

    /// <summary>Whether a container is to leave, so that others get its place.</summary>
    bool TryYield(FunctionPool pool, TaskId task);

    /// <summary>Notes who works on inputs.</summary>
    void NoteClaims(IReadOnlyList<PoolInput> inputs);

    /// <summary>Notes that an input is to be done again.</summary>
    void NoteAgain(PoolInput input, DateTimeOffset dueAt);

    /// <summary>Gives inputs a result that the server made.</summary>
    /// <param name="inputs">Which.</param>
    /// <param name="status">How they end.</param>
    /// <param name="message">Why, for people.</param>
    /// <param name="body">A container's own account of it, in the client's form; null where there is none.</param>
    void End(IReadOnlyList<PoolInput> inputs, InputStatus status, string message, byte[]? body = null);
}
