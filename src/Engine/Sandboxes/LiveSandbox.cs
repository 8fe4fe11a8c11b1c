using Appliance.Containers.Runtime;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Sandboxes;

/// <summary>A sandbox that has not ended, as the running server knows it.</summary>
public sealed class LiveSandbox(SandboxRecord record, SandboxDefinition definition)
{
    private readonly TaskCompletionSource<Container> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DateTimeOffset> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<SandboxResult> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource end = new();
    private readonly TaskCompletionSource removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SandboxDefinition definition = definition;
    private Func<string?>? explainWait;
    private long lastUsedTicks;
    private int uses;

    public SandboxId Id => record.Id;

    public TaskId TaskId => record.TaskId;

    public SandboxRecord Record => record;

    /// <summary>On whose behalf it reads secrets and volumes.</summary>
    public Caller Owner { get; } = new(record.WorkspaceId, record.CreatedBy, record.CreatedBy.Text);

    public SandboxDefinition Definition => Volatile.Read(ref definition);

    /// <summary>Whether somebody reaches it from outside right now.</summary>
    public bool IsInUse => Volatile.Read(ref uses) > 0;

    /// <summary>When somebody last ran something in it, wrote to it or reached it from outside.</summary>
    public DateTimeOffset LastUsedAt(TimeProvider clock)
    {
        Interlocked.CompareExchange(ref lastUsedTicks, clock.GetUtcNow().UtcTicks, 0);
        return new DateTimeOffset(Interlocked.Read(ref lastUsedTicks), TimeSpan.Zero);
    }

    /// <summary>Notes that it is being used.</summary>
    public void Touch(DateTimeOffset now) => Interlocked.Exchange(ref lastUsedTicks, now.UtcTicks);

    /// <summary>Notes that one more, or one less, is connected to it from outside.</summary>
    public void ChangeUses(int by, DateTimeOffset now)
    {
        Interlocked.Add(ref uses, by);
        Touch(now);
    }

    /// <summary>Ends when its container runs; fails when there will be none.</summary>
    public Task<Container> Started => started.Task;

    /// <summary>Ends when its readiness probe has succeeded, with the moment; never, where it has none.</summary>
    public Task<DateTimeOffset> Ready => ready.Task;

    /// <summary>Ends when it has ended, durably.</summary>
    public Task<SandboxResult> Ended => ended.Task;

    /// <summary>Ends when, after its end, nothing of its container is left on the machine.</summary>
    public Task Removed => removed.Task;

    /// <summary>Ends when it begins to wait for what others have, which can take as long as they run; never, where it need not.</summary>
    internal Task Waits => waits.Task;

    /// <summary>Why it has no container yet, in a sentence for its user; null where nothing keeps it waiting.</summary>
    public string? ExplainWait() => explainWait?.Invoke();

    /// <summary>Set once somebody wants it to end.</summary>
    internal CancellationToken EndAsked => end.Token;

    internal Task AskEndAsync() => end.CancelAsync();

    /// <param name="why">Says why it still waits, or null when it does not.</param>
    internal void SetWaits(Func<string?> why)
    {
        explainWait = why;
        waits.TrySetResult();
    }

    internal void SetRemoved() => removed.TrySetResult();

    internal void SetStarted(Container container) => started.TrySetResult(container);

    internal void SetReady(DateTimeOffset at) => ready.TrySetResult(at);

    internal void SetDefinition(SandboxDefinition changed) => Volatile.Write(ref definition, changed);

    internal void SetEnded(SandboxResult result)
    {
        started.TrySetCanceled();
        ended.TrySetResult(result);
    }
}
