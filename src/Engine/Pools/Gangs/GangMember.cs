using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;

namespace Appliance.Engine.Pools.Gangs;

/// <summary>A container of a gang, as the gang knows it. To be touched by the gang alone, under its lock.</summary>
/// <param name="task">Its id.</param>
internal sealed class GangMember(TaskId task)
{
    public TaskId Task => task;

    public bool HasStarted { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>Whether it has said that its program runs.</summary>
    public bool HasSaidHello { get; set; }

    /// <summary>Whether it has been heard since all were.</summary>
    public bool IsHeard { get; set; }

    /// <summary>Handed to the gang, and not taken by this member yet.</summary>
    public Queue<InputHandout> Given { get; } = [];

    /// <summary>Its open question for inputs; ends when there is an answer, or a newer question.</summary>
    public TaskCompletionSource? Question { get; set; }

    /// <summary>Inputs that it is to give up, and has not been told of.</summary>
    public List<InputId> Canceled { get; } = [];

    /// <summary>Ends when there is something to tell it with its next heartbeat.</summary>
    public TaskCompletionSource? Heartbeat { get; set; }
}
