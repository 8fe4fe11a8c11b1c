using Appliance.Core.Ids;

namespace Appliance.Engine.Snapshots.Functions;

/// <summary>A memory snapshot that a container was started for.</summary>
internal sealed class SnapshotMaking(string key, TaskId task)
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<bool>? written;

    public string Key => key;

    public TaskId Task => task;

    /// <summary>Ends with whether its memory is on the disk, and the container with it; null before it has begun to end.</summary>
    public Task<bool>? Written
    {
        get => Volatile.Read(ref written);
        set => Volatile.Write(ref written, value);
    }

    /// <summary>Ends when the snapshot can be used, or when there will be none.</summary>
    public Task Ended => ended.Task;

    public void SetEnded() => ended.TrySetResult();
}
