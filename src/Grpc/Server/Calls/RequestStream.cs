using Grpc.Core;
using Microsoft.AspNetCore.Connections;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>The requests of a call, as its handler reads them.</summary>
internal sealed class RequestStream<TRequest>(ServerCall call) : IAsyncStreamReader<TRequest>
    where TRequest : class
{
    private TRequest? current;

    public TRequest Current => current ?? throw new InvalidOperationException("There is no current message: call MoveNext first.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled || cancellationToken == call.Context.CancellationToken)
        {
            return await MoveAsync(call.Context.CancellationToken).ConfigureAwait(false);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Context.CancellationToken);
        return await MoveAsync(either.Token).ConfigureAwait(false);
    }

    private async Task<bool> MoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            current = (TRequest?)await call.Requests.ReadAsync(cancellationToken).ConfigureAwait(false);
            return current is not null;
        }
        catch (Exception gone) when (IsAbort(gone) && !cancellationToken.IsCancellationRequested)
        {
            throw await call.Context.CallerGoneAsync("The caller sends no more messages.", gone).ConfigureAwait(false);
        }
    }

    private static bool IsAbort(Exception thrown) =>
        thrown is OperationCanceledException or ConnectionAbortedException or ConnectionResetException;
}
