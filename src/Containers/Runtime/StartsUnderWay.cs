namespace Appliance.Containers.Runtime;

/// <summary>What is being started for somebody who waits. Whatever only prepares for later lets that go first.</summary>
internal sealed class StartsUnderWay
{
    private readonly Lock gate = new();
    private TaskCompletionSource? ended;
    private int count;

    /// <summary>Ends when nothing is being started.</summary>
    public Task Calm
    {
        get
        {
            lock (gate)
            {
                return ended?.Task ?? Task.CompletedTask;
            }
        }
    }

    /// <summary>Something is being started, until <see cref="End"/>.</summary>
    public void Begin()
    {
        lock (gate)
        {
            count++;
            ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void End()
    {
        lock (gate)
        {
            if (--count == 0)
            {
                ended!.SetResult();
                ended = null;
            }
        }
    }
}
