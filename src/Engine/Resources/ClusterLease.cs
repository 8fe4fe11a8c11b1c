using Appliance.Core.Ids;
using Appliance.Gpus;

namespace Appliance.Engine.Resources;

/// <summary>What the containers of one cluster are to have of the machine: rank 0 asks for all, the others wait for their parts.</summary>
/// <param name="id">The cluster's.</param>
/// <param name="tasks">By rank.</param>
internal sealed class ClusterLease(string id, IReadOnlyList<string> tasks)
{
    private readonly TaskCompletionSource<IReadOnlyList<GpuAttachment?>> granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => id;

    public IReadOnlyList<string> Tasks => tasks;

    /// <summary>Those that have asked for their part and have not given it back.</summary>
    public HashSet<TaskId> Present { get; } = [];

    /// <summary>Those that have given their part back, whether or not they had it.</summary>
    public HashSet<string> Left { get; } = new(StringComparer.Ordinal);

    /// <summary>The GPUs of each rank, once all have what they need.</summary>
    public Task<IReadOnlyList<GpuAttachment?>> Granted => granted.Task;

    public void Grant(IReadOnlyList<GpuAttachment?> parts) => granted.TrySetResult(parts);

    public void Fail(Exception failure)
    {
        granted.TrySetException(failure);
        _ = granted.Task.Exception;
    }
}
