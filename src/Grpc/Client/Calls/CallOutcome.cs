using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>
/// How a call ends: by its trailers, its deadline, a cancellation or a failure, whichever comes first. The end
/// releases all that the call holds and stops what still moves.
/// </summary>
internal sealed class CallOutcome : IDisposable
{
    // A timer takes no longer wait; a call that lives on after 24 days simply loses its deadline.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    private readonly TaskCompletionSource<Metadata> headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource source = new();
    private readonly Lock state = new();
    private readonly GrpcChannel channel;
    private readonly IMethod method;
    private readonly Timer? deadline;
    private readonly CancellationTokenRegistration callerGivesUp;
    private readonly CancellationTokenRegistration channelCloses;
    private HttpResponseMessage? response;
    private Status status;
    private Metadata trailers = Metadata.Empty;
    private volatile bool hasEnded;

    public CallOutcome(GrpcChannel channel, IMethod method, CallOptions options)
    {
        this.channel = channel;
        this.method = method;
        Token = source.Token;
        if (options.Deadline is { } moment && moment != DateTime.MaxValue)
        {
            TimeSpan left = moment.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime;
            TimeLeft = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            deadline = new Timer(static self => ((CallOutcome)self!).EndLate(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            deadline.Change(left < LongestWait ? TimeLeft.Value : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        callerGivesUp = CancelWith(options.CancellationToken);
        channelCloses = channel.Closing.UnsafeRegister(static self => ((CallOutcome)self!).Cancel("The channel was disposed."), this);
        if (TimeLeft == TimeSpan.Zero)
        {
            EndLate();
        }

        if (hasEnded)
        {
            Release();
        }
    }

    /// <summary>The time limit as the call began; null for none.</summary>
    public TimeSpan? TimeLeft { get; }

    /// <summary>Fires when the call has ended, however it did.</summary>
    public CancellationToken Token { get; }

    public Task<Metadata> Headers => headers.Task;

    /// <summary>Completes, always successfully, when the call has ended.</summary>
    public Task Ended => ended.Task;

    public bool HasEnded => hasEnded;

    public bool IsOk => hasEnded && status.StatusCode == StatusCode.OK;

    public Status GetStatus() => hasEnded
        ? status
        : throw new InvalidOperationException("The call has not ended yet, so it has no status.");

    public Metadata GetTrailers() => hasEnded
        ? trailers
        : throw new InvalidOperationException("The call has not ended yet, so it has no trailers.");

    /// <summary>What an unsuccessful end throws.</summary>
    public Exception ToException() =>
        channel.ThrowsOperationCanceled
        && status is { StatusCode: StatusCode.Cancelled or StatusCode.DeadlineExceeded, DebugException: OperationCanceledException cause }
            ? new OperationCanceledException(status.Detail, cause)
            : new RpcException(status, trailers);

    public void HeadersArrived(HttpResponseMessage arrived, Metadata metadata)
    {
        lock (state)
        {
            if (!hasEnded)
            {
                response = arrived;
            }
        }

        if (hasEnded)
        {
            arrived.Dispose();
            return;
        }

        headers.TrySetResult(metadata);
    }

    /// <summary>Ends the call if nothing else has.</summary>
    public void TryEnd(Status outcome, Metadata withTrailers)
    {
        lock (state)
        {
            if (hasEnded)
            {
                return;
            }

            status = outcome;
            trailers = withTrailers;
            hasEnded = true;
        }

        if (outcome.StatusCode != StatusCode.OK)
        {
            GrpcClientLog.CallFailed(channel.Logger, method.FullName, outcome.StatusCode, outcome.Detail);
        }

        // Whoever waits for headers learns that none will come; nobody need be waiting.
        if (!headers.Task.IsCompleted && headers.TrySetException(ToException()))
        {
            _ = headers.Task.Exception;
        }

        ended.TrySetResult();
        Release();
    }

    /// <summary>Ends the call as cancelled when the token fires, until the registration is disposed.</summary>
    public CancellationTokenRegistration CancelWith(CancellationToken token) =>
        token.UnsafeRegister(static self => ((CallOutcome)self!).Cancel("The call was cancelled by the client."), this);

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose() => Cancel("The call was disposed before it ended.");

    private void Cancel(string detail) =>
        TryEnd(new Status(StatusCode.Cancelled, detail, new OperationCanceledException(detail)), Metadata.Empty);

    private void EndLate()
    {
        var detail = $"The deadline of '{method.FullName}' has passed.";
        TryEnd(new Status(StatusCode.DeadlineExceeded, detail, new OperationCanceledException(detail)), Metadata.Empty);
    }

    private void Release()
    {
        // A registration that is running this very method cannot be waited for, hence no Dispose.
        callerGivesUp.Unregister();
        channelCloses.Unregister();
        deadline?.Dispose();
        source.Cancel();
        response?.Dispose();
    }
}
