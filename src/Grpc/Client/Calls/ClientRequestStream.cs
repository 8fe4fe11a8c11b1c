using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client.Calls;

/// <summary>The requests of a call, as its client writes them.</summary>
internal sealed class ClientRequestStream<TRequest> : IClientStreamWriter<TRequest>
    where TRequest : class
{
    private readonly PooledBuffer pending = new();
    private readonly CallOutcome outcome;
    private readonly StreamedRequestContent content;
    private readonly Marshaller<TRequest> marshaller;
    private readonly MessageWriter writer;
    private readonly Task conclusion;
    private bool isCompleted;
    private int isWriting;

    /// <param name="conclusion">Completes when the end of the call is known without the client's reading on.</param>
    public ClientRequestStream(
        CallOutcome outcome,
        StreamedRequestContent content,
        Func<PooledBuffer, MessageWriter> createWriter,
        Marshaller<TRequest> marshaller,
        Task conclusion)
    {
        this.outcome = outcome;
        this.content = content;
        this.marshaller = marshaller;
        this.conclusion = conclusion;
        writer = createWriter(pending);
    }

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            using CancellationTokenRegistration givingUp = outcome.CancelWith(cancellationToken);
            ThrowIfEnded();
            WriteFlags flags = WriteOptions?.Flags ?? default;
            writer.Write(message, marshaller, flags);
            if (!flags.HasFlag(WriteFlags.BufferHint))
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            Leave();
        }
    }

    public async Task CompleteAsync()
    {
        Enter();
        try
        {
            isCompleted = true;
            if (pending.WrittenBytes > 0 && !outcome.HasEnded)
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            Leave();
            content.Close();
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            Stream stream = await content.OpenAsync().ConfigureAwait(false);
            await stream.WriteAsync(pending.WrittenMemory, outcome.Token).ConfigureAwait(false);
            await stream.FlushAsync(outcome.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ObjectDisposedException or HttpRequestException)
        {
            // The server has ended the call: its status, when it can be known, says more than the broken stream.
            await Task.WhenAny(conclusion).ConfigureAwait(false);
            ThrowIfEnded();
            throw new RpcException(
                new Status(StatusCode.Unavailable, "The server takes no more requests; read the responses for its status.", failure));
        }
        finally
        {
            pending.Dispose();
        }
    }

    private void ThrowIfEnded()
    {
        if (outcome.HasEnded)
        {
            throw outcome.ToException();
        }
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref isWriting, 1) != 0)
        {
            throw new InvalidOperationException("The previous write is still under way: await it first.");
        }

        if (isCompleted)
        {
            Leave();
            throw new InvalidOperationException("The request stream has been completed.");
        }
    }

    private void Leave() => Volatile.Write(ref isWriting, 0);
}
