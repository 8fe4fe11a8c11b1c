using System.Net;

namespace Grpc.Net.Client.Calls;

/// <summary>The body of a call that streams its requests: it hands out the stream and stays open until it is closed.</summary>
internal sealed class StreamedRequestContent(CallOutcome outcome) : HttpContent
{
    private readonly TaskCompletionSource<Stream> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The stream, once the request is on its way.</summary>
    public Task<Stream> OpenAsync() => opened.Task.IsCompleted ? opened.Task : opened.Task.WaitAsync(outcome.Token);

    /// <summary>Ends the body.</summary>
    public void Close() => closed.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The handler holds the headers back until something is flushed, and the first message may be long in coming.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (!opened.TrySetResult(stream))
        {
            throw new IOException("The requests have begun to flow and cannot be sent again over another connection.");
        }

        Task first = await Task.WhenAny(closed.Task, outcome.Ended).WaitAsync(cancellationToken).ConfigureAwait(false);
        await first.ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
