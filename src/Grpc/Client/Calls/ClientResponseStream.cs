using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>The responses of a call, as its client reads them.</summary>
internal sealed class ClientResponseStream<TRequest, TResponse>(ClientCall<TRequest, TResponse> call) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private TResponse? current;
    private int isReading;

    public TResponse Current => current ?? throw new InvalidOperationException("There is no current message: call MoveNext first.");

    /// <summary>Waits for the next message. The token, if it fires meanwhile, cancels the whole call.</summary>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref isReading, 1) != 0)
        {
            throw new InvalidOperationException("The previous read is still under way: await it first.");
        }

        try
        {
            using CancellationTokenRegistration givingUp = call.Outcome.CancelWith(cancellationToken);
            current = await call.ReadAsync().ConfigureAwait(false);
            return current is not null || (call.Outcome.IsOk ? false : throw call.Outcome.ToException());
        }
        finally
        {
            Volatile.Write(ref isReading, 0);
        }
    }
}
