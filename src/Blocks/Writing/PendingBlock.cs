using Appliance.Blocks.Disk;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Writing;

/// <summary>A complete temporary file that waits for its group to become durable.</summary>
internal sealed class PendingBlock(Digest digest, TemporaryBlock temporary)
{
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Digest Digest { get; } = digest;

    public TemporaryBlock Temporary { get; } = temporary;

    public Exception? Failure { get; private set; }

    public Task Completion => completion.Task;

    /// <summary>Takes one step, unless an earlier one failed; a failure concerns this block alone.</summary>
    public void Attempt(Action<PendingBlock> step)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            step(this);
        }
        catch (Exception failure)
        {
            Failure = failure;
        }
    }

    public void Fail(Exception failure) => Failure = failure;

    public void Complete()
    {
        if (Failure is null)
        {
            completion.SetResult();
        }
        else
        {
            completion.SetException(Failure);
        }
    }
}
