using Grpc.Core;

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
            current = (TRequest?)await call.Requests.ReadAsync(call.Context.CancellationToken).ConfigureAwait(false);
            return current is not null;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Context.CancellationToken);
        current = (TRequest?)await call.Requests.ReadAsync(either.Token).ConfigureAwait(false);
        return current is not null;
    }
}
