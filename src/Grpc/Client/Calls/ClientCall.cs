using System.IO.Compression;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client.Calls;

/// <summary>One call as the client sees it: the request that carries it, and the messages of its response.</summary>
internal sealed class ClientCall<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcChannel channel;
    private readonly Method<TRequest, TResponse> method;
    private readonly CallOptions options;
    private readonly string requestEncoding;
    private Task<HttpResponseMessage?> opening = Task.FromResult<HttpResponseMessage?>(null);
    private MessageReader? responses;
    private PipeReader? body;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
    {
        this.channel = channel;
        this.method = method;
        this.options = options;
        requestEncoding = RequestHeaders.EncodingOf(options.Headers);
        Outcome = new CallOutcome(channel, method, options);
    }

    public CallOutcome Outcome { get; }

    public HttpContent RequestOf(TRequest message) =>
        new SingleRequestContent<TRequest>(message, method.RequestMarshaller, CreateWriter, options.WriteOptions?.Flags ?? default);

    public MessageWriter CreateWriter(PooledBuffer output) =>
        new(output, requestEncoding, CompressionLevel.Fastest, channel.MaxSendMessageSize);

    /// <summary>Starts the call; how it goes on, the outcome tells.</summary>
    public void Send(string? host, HttpContent content) => opening = SendAsync(host, content);

    /// <summary>The response of a call that has only one, once the call has ended well.</summary>
    public async Task<TResponse> ReadOnlyResponseAsync()
    {
        TResponse? response = await ReadAsync().ConfigureAwait(false);
        if (response is not null && await ReadAsync().ConfigureAwait(false) is not null)
        {
            Outcome.TryEnd(new Status(StatusCode.Internal, $"'{method.FullName}' answered with more than one message."), Metadata.Empty);
        }

        if (!Outcome.IsOk)
        {
            throw Outcome.ToException();
        }

        return response
            ?? throw new RpcException(new Status(StatusCode.Internal, $"'{method.FullName}' answered with no message."), Outcome.GetTrailers());
    }

    /// <summary>The next response; null when the call has ended, well or not.</summary>
    public async ValueTask<TResponse?> ReadAsync()
    {
        HttpResponseMessage? response = await opening.ConfigureAwait(false);
        if (response is null || Outcome.HasEnded)
        {
            return null;
        }

        try
        {
            responses ??= await OpenAsync(response).ConfigureAwait(false);
            var message = (TResponse?)await responses.ReadAsync(Outcome.Token).ConfigureAwait(false);
            if (message is null)
            {
                Metadata trailers = ResponseStatus.MetadataOf(response.TrailingHeaders);
                Outcome.TryEnd(ResponseStatus.Of(response.TrailingHeaders) ?? ResponseStatus.Missing, trailers);
                body?.Complete();
            }

            return message;
        }
        catch (Exception failure)
        {
            Outcome.TryEnd(CallFailure.StatusOf(failure, method), Metadata.Empty);
            body?.Complete();
            return null;
        }
    }

    private async Task<HttpResponseMessage?> SendAsync(string? host, HttpContent content)
    {
        if (Outcome.HasEnded)
        {
            return null;
        }

        try
        {
            HttpRequestMessage request = RequestHeaders.CreateRequest(
                channel.GetAddress(method), host, options.Headers, requestEncoding, Outcome.TimeLeft);
            request.Content = content;
            content.Headers.TryAddWithoutValidation("content-type", WireNames.ContentType);
            HttpResponseMessage response = await channel.SendAsync(request, Outcome.Token).ConfigureAwait(false);
            Metadata headers = ResponseStatus.MetadataOf(response.Headers);
            Outcome.HeadersArrived(response, headers);
            if (ResponseStatus.OfHeaders(response) is { } status)
            {
                Outcome.TryEnd(status, headers);
            }

            return response;
        }
        catch (Exception failure)
        {
            Outcome.TryEnd(CallFailure.StatusOf(failure, method), Metadata.Empty);
            return null;
        }
    }

    private async Task<MessageReader> OpenAsync(HttpResponseMessage response)
    {
        body = PipeReader.Create(await response.Content.ReadAsStreamAsync(Outcome.Token).ConfigureAwait(false));
        string encoding = ResponseStatus.ValueOf(response.Headers, WireNames.Encoding) ?? Compression.Identity;
        return new MessageReader(body, method.ResponseMarshaller, encoding, channel.MaxReceiveMessageSize);
    }
}
