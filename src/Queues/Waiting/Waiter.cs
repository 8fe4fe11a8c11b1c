namespace Appliance.Queues.Waiting;

/// <summary>One call that waits. Its state is guarded by the lock of <see cref="QueueWaiters"/>.</summary>
internal sealed class Waiter(WaiterRole role)
{
    private TaskCompletionSource? wake;

    public WaiterRole Role => role;

    /// <summary>True while it waits to be woken; else it looks for items.</summary>
    public bool IsAsleep => wake is { Task.IsCompleted: false };

    /// <summary>Whether it ever waited, and with that has earned its place in the line.</summary>
    public bool HasSlept => wake is not null;

    /// <summary>Of the line, when the waiter began to look.</summary>
    public long SeenVersion { get; set; }

    /// <summary>Completes when it may look.</summary>
    public Task Woken => wake?.Task ?? Task.CompletedTask;

    public void Sleep() => wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Wake(long version)
    {
        SeenVersion = version;
        wake?.TrySetResult();
    }
}
