namespace Appliance.Engine.Snapshots.Functions;

/// <summary>A container that was started otherwise than plainly, until it works: until then its end is nobody's fault but that start's.</summary>
internal sealed class StartTrial(FunctionStart start)
{
    public FunctionStart Start => start;

    /// <summary>Ends when its program has called since it was to go on.</summary>
    public TaskCompletionSource Heard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was killed because its program did not call.</summary>
    public bool IsSilent { get; set; }
}
