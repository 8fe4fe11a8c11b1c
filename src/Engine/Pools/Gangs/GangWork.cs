using Appliance.Engine.Calls;

namespace Appliance.Engine.Pools.Gangs;

/// <summary>What the members of a gang say came of one attempt of an input. To be touched by the gang alone, under its lock.</summary>
/// <param name="attempt">Which.</param>
internal sealed class GangWork(int attempt)
{
    public int Attempt => attempt;

    /// <summary>The ranks that are done with it.</summary>
    public HashSet<int> Done { get; } = [];

    /// <summary>What rank 0 says: the result, if no other rank fails.</summary>
    public InputOutcome? OfFirst { get; set; }

    /// <summary>Whether somebody writes what came of it.</summary>
    public bool IsDecided { get; set; }

    /// <summary>Ends when that is durable.</summary>
    public TaskCompletionSource Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What a member that says what came of an input is to do.</summary>
/// <param name="Work">What all of them say; null where the input has its result, so that there is nothing to wait for.</param>
/// <param name="Decision">The outcome that this member is to write for all; null where it waits for another.</param>
/// <param name="EndsGang">Whether the gang is to end once that is written: the other ranks may wait for this one for ever.</param>
internal sealed record GangReport(GangWork? Work, InputOutcome? Decision, bool EndsGang);
