namespace Grpc.Core;

/// <summary>Many requests, many responses.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly CallControls controls;

    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream,
        IAsyncStreamReader<TResponse> responseStream,
        Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc,
        Action disposeAction)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        controls = new CallControls(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    public IClientStreamWriter<TRequest> RequestStream { get; }

    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    public Task<Metadata> ResponseHeadersAsync => controls.ResponseHeaders;

    /// <summary>The outcome; only once the call has ended.</summary>
    public Status GetStatus() => controls.Status();

    /// <summary>The trailers; only once the call has ended.</summary>
    public Metadata GetTrailers() => controls.Trailers();

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose() => controls.Dispose();
}
