namespace Appliance.Metadata.Transactions;

/// <summary>One caller's work and the reply it waits for.</summary>
internal interface IPendingWrite
{
    /// <summary>True when the caller has gone before its turn came; the work is then not to be started.</summary>
    bool TryCancel();

    void Run(WriteTransaction transaction);

    void Fail(Exception failure);

    /// <summary>Replies, unless the work has failed or was cancelled.</summary>
    void Complete();
}

/// <inheritdoc cref="IPendingWrite"/>
internal sealed class PendingWrite<T>(Func<WriteTransaction, T> work, CancellationToken cancellation)
    : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IPendingWrite
{
    private T result = default!;

    public bool TryCancel() => cancellation.IsCancellationRequested && TrySetCanceled(cancellation);

    public void Run(WriteTransaction transaction) => result = work(transaction);

    public void Fail(Exception failure) => TrySetException(failure);

    public void Complete() => TrySetResult(result);
}
