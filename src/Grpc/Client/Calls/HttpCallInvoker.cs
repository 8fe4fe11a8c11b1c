using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>Carries out the calls of a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    // The public shape asks for a call that blocks, and the HTTP/2 handler offers none: so this one thread waits.
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using AsyncUnaryCall<TResponse> call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        ClientCall<TRequest, TResponse> call = Begin(method, options);
        call.Send(host, call.RequestOf(request));
        return new AsyncUnaryCall<TResponse>(
            call.ReadOnlyResponseAsync(), call.Outcome.Headers, call.Outcome.GetStatus, call.Outcome.GetTrailers, call.Outcome.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        ClientCall<TRequest, TResponse> call = Begin(method, options);
        call.Send(host, call.RequestOf(request));
        return new AsyncServerStreamingCall<TResponse>(
            new ClientResponseStream<TRequest, TResponse>(call),
            call.Outcome.Headers,
            call.Outcome.GetStatus,
            call.Outcome.GetTrailers,
            call.Outcome.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        ClientCall<TRequest, TResponse> call = Begin(method, options);
        var content = new StreamedRequestContent(call.Outcome);
        call.Send(host, content);
        Task<TResponse> response = call.ReadOnlyResponseAsync();
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            new ClientRequestStream<TRequest>(call.Outcome, content, call.CreateWriter, method.RequestMarshaller, response),
            response,
            call.Outcome.Headers,
            call.Outcome.GetStatus,
            call.Outcome.GetTrailers,
            call.Outcome.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        ClientCall<TRequest, TResponse> call = Begin(method, options);
        var content = new StreamedRequestContent(call.Outcome);
        call.Send(host, content);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            new ClientRequestStream<TRequest>(call.Outcome, content, call.CreateWriter, method.RequestMarshaller, Task.CompletedTask),
            new ClientResponseStream<TRequest, TResponse>(call),
            call.Outcome.Headers,
            call.Outcome.GetStatus,
            call.Outcome.GetTrailers,
            call.Outcome.Dispose);
    }

    private ClientCall<TRequest, TResponse> Begin<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        ObjectDisposedException.ThrowIf(channel.Closing.IsCancellationRequested, channel);
        return new ClientCall<TRequest, TResponse>(channel, method, options);
    }
}
