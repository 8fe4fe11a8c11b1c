namespace Grpc.AspNetCore.Server.Calls;

/// <summary>
/// Keeps the writers of one response apart: one write at a time, and one end, which two may want, the handler and
/// the deadline. The first end wins; it waits for the write that is under way and lets no further one begin.
/// </summary>
internal sealed class ResponseGate
{
    private readonly Lock state = new();
    private TaskCompletionSource? writeDone;
    private bool isWriting;
    private bool hasEnded;

    /// <summary>Begins a write, which <see cref="Leave"/> ends.</summary>
    public void Enter()
    {
        lock (state)
        {
            if (hasEnded)
            {
                throw new InvalidOperationException("The call has ended: nothing more can be written to it.");
            }

            if (isWriting)
            {
                throw new InvalidOperationException("The previous write is still under way: await it first.");
            }

            isWriting = true;
        }
    }

    public void Leave()
    {
        TaskCompletionSource? waiting;
        lock (state)
        {
            isWriting = false;
            waiting = writeDone;
        }

        waiting?.TrySetResult();
    }

    /// <summary>True for the one who may write the end, once no other write is under way.</summary>
    public ValueTask<bool> TryEndAsync()
    {
        lock (state)
        {
            if (hasEnded)
            {
                return ValueTask.FromResult(false);
            }

            hasEnded = true;
            if (!isWriting)
            {
                return ValueTask.FromResult(true);
            }

            writeDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return WaitForWriteAsync(writeDone.Task);
    }

    private static async ValueTask<bool> WaitForWriteAsync(Task write)
    {
        await write.ConfigureAwait(false);
        return true;
    }
}
