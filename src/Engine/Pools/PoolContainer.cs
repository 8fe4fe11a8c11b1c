using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>A container of a pool, as the pool knows it. To be touched by the pool alone, under its lock.</summary>
/// <param name="task">Its id.</param>
/// <param name="createdAt">When it was asked for.</param>
/// <param name="definition">What it was started as.</param>
internal sealed class PoolContainer(TaskId task, DateTimeOffset createdAt, DefinitionId definition)
{
    /// <summary>How long it works at least before others may have its place.</summary>
    private static readonly TimeSpan TurnMin = TimeSpan.FromMinutes(1);

    /// <summary>What takes long to start works longer, so that most of the time is work.</summary>
    private const int TurnsPerStart = 4;

    /// <summary>A pause between two inputs is not the end of the work.</summary>
    private static readonly TimeSpan IdleGrace = TimeSpan.FromSeconds(2);

    public TaskId Task => task;

    public DefinitionId Definition => definition;

    /// <summary>When its process began; null before.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>Whether it has not been given its place on the machine yet.</summary>
    public bool IsInLine { get; set; }

    /// <summary>Since when it works; null before it has asked for an input.</summary>
    public DateTimeOffset? ReadyAt { get; set; }

    public bool IsReady => ReadyAt is not null;

    /// <returns>Whether it was not before.</returns>
    public bool MarkReady(DateTimeOffset now)
    {
        if (IsReady)
        {
            return false;
        }

        ReadyAt = IdleSince = now;
        return true;
    }

    /// <summary>Whether it gets no more inputs.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Where requests may go; null while none may.</summary>
    public int? Port { get; set; }

    /// <summary>How long requests may take once it is to stop; null for one that asks for inputs, and ends when it is told that there are no more.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>When its requests have had their time; null before it is to stop.</summary>
    public DateTimeOffset? DrainedBy { get; set; }

    /// <summary>Whether it serves only until a newer one does.</summary>
    public bool IsOutdated { get; set; }

    /// <summary>Whether it takes its time before it is ready, and so keeps no other from starting.</summary>
    public bool IsDetached { get; set; }

    /// <summary>When it is killed if it has not ended by itself: it has nothing to do any more.</summary>
    public DateTimeOffset? LeavesBy { get; set; }

    /// <summary>What it works on.</summary>
    public Dictionary<InputId, PoolInput> Running { get; } = [];

    /// <summary>Inputs that it is to give up, and has not been told of.</summary>
    public List<InputId> Canceled { get; } = [];

    /// <summary>What is to be tried again once it has given up the attempt that took too long, and not before when.</summary>
    public Dictionary<InputId, (PoolInput Input, DateTimeOffset At)> Next { get; } = [];

    /// <summary>Its open question for inputs.</summary>
    public InputWaiter? Waiter { get; set; }

    /// <summary>Ends when there is something to tell it with its next heartbeat.</summary>
    public TaskCompletionSource? Heartbeat { get; set; }

    /// <summary>Whether it may be asked to leave for others: it has had its turn, or nothing comes for it.</summary>
    public bool HasHadItsTurn(DateTimeOffset now) => ReadyAt is { } ready
        && (now - ready >= Max(TurnMin, TurnsPerStart * (ready - (StartedAt ?? ready))) || (IsIdle && now - IdleSince >= IdleGrace));

    /// <summary>When that may be at the earliest.</summary>
    public DateTimeOffset? YieldsAt => IsIdle ? IdleSince + IdleGrace : null;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    public bool IsIdle => IsReady && !IsStopping && !IsOutdated && Running.Count == 0;

    /// <summary>Since when it has had nothing to do.</summary>
    public DateTimeOffset IdleSince { get; set; } = createdAt;

    public DateTimeOffset LastHeartbeat { get; set; } = createdAt;

    /// <summary>When it is taken for dead if it says nothing; null for a server, whose port tells.</summary>
    public DateTimeOffset? SilentBy(TimeSpan max) => Grace is null ? LastHeartbeat + max : null;
}

/// <summary>A container's open question for inputs.</summary>
internal sealed class InputWaiter(int max, TimeSpan linger)
{
    private readonly TaskCompletionSource<InputHandout> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Max => max;

    public TimeSpan Linger => linger;

    public List<PoolInput> Got { get; } = [];

    /// <summary>When what it has is handed out although there is room for more.</summary>
    public DateTimeOffset? HandOutAt { get; set; }

    /// <summary>Ends with the answer.</summary>
    public Task<InputHandout> Answered => answer.Task;

    /// <summary>The answer, once it is given.</summary>
    public InputHandout? Given { get; private set; }

    public void Give(InputHandout handout)
    {
        Given ??= handout;
        answer.TrySetResult(handout);
    }
}

/// <summary>What a container is given to do.</summary>
/// <param name="Inputs">Empty: ask again.</param>
/// <param name="IsLast">It is to end when it has done what it has.</param>
public sealed record InputHandout(IReadOnlyList<PoolInput> Inputs, bool IsLast)
{
    public static InputHandout Nothing { get; } = new([], false);

    public static InputHandout Last { get; } = new([], true);
}
