using System.IO.Compression;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One call's messages and its end.</summary>
internal sealed class ServerCall
{
    // What a caller that does not read may take to receive the end; then its stream is reset.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly IMessageMarshaller responseMarshaller;
    private readonly MessageWriter writer;
    private bool hasMessage;

    public ServerCall(HttpServerCallContext context, MethodMarshallers marshallers, GrpcServiceOptions options)
    {
        responseMarshaller = marshallers.Response;
        Context = context;
        IHeaderDictionary headers = context.HttpContext.Request.Headers;
        string encoding = headers[WireNames.Encoding].ToString();
        Requests = new MessageReader(
            context.HttpContext.Request.BodyReader,
            marshallers.Request,
            encoding.Length == 0 ? Compression.Identity : encoding,
            options.MaxReceiveMessageSize);
        string responseEncoding = options.ResponseCompressionAlgorithm is { } wanted
            && Compression.IsAccepted(wanted, headers[WireNames.AcceptEncoding].ToString())
                ? wanted
                : Compression.Identity;
        if (responseEncoding != Compression.Identity)
        {
            Response.Headers[WireNames.Encoding] = responseEncoding;
        }

        writer = new MessageWriter(
            Response.BodyWriter,
            responseEncoding,
            options.ResponseCompressionLevel ?? CompressionLevel.Fastest,
            options.MaxSendMessageSize);
    }

    public HttpServerCallContext Context { get; }

    public MessageReader Requests { get; }

    private HttpResponse Response => Context.HttpContext.Response;

    /// <summary>The only request of a call that does not stream them. The caller need not have ended its stream.</summary>
    public async ValueTask<object> ReadOneAsync()
    {
        object request = await Requests.ReadAsync(Context.DeadlineToken).ConfigureAwait(false)
            ?? throw new MalformedMessageException("The call carries no request message.");
        PeekForMore();
        return request;
    }

    /// <summary>Writes one message of a stream and sends it, unless the options let it wait for others.</summary>
    public async Task WriteAsync(object message, WriteFlags flags, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Context.Gate.Enter();
        try
        {
            Write(message, flags);
            if (!flags.HasFlag(WriteFlags.BufferHint))
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Context.Gate.Leave();
        }
    }

    /// <summary>Ends the call with its only response, which travels together with the trailers.</summary>
    public Task<bool> TryEndAsync(object message)
    {
        Context.DeadlineToken.ThrowIfCancellationRequested();
        Context.Gate.Enter();
        try
        {
            Write(message, Context.WriteOptions?.Flags ?? default);
        }
        finally
        {
            Context.Gate.Leave();
        }

        return TryEndAsync(Context.Status, Metadata.Empty);
    }

    /// <summary>Ends a call that took one request, with its only response.</summary>
    public Task<bool> TryEndOneAsync(object message) => PeekForMore() == MessageReaderRest.Nothing
        ? TryEndAsync(message)
        : TryEndBehindRequestAsync(message);

    /// <summary>Ends the call with a status and the trailers that its handler set.</summary>
    public async Task<bool> TryEndAsync(Status status, Metadata trailers)
    {
        if (!await Context.Gate.TryEndAsync().ConfigureAwait(false))
        {
            return false;
        }

        WriteStatus(status, Context.TrailersWith(trailers));
        return true;
    }

    /// <summary>Ends the call with an HTTP status, which is where clients look for a body that is too large.</summary>
    public async Task TryEndTooLargeAsync(string detail)
    {
        if (!await Context.Gate.TryEndAsync().ConfigureAwait(false))
        {
            return;
        }

        if (!Response.HasStarted && !hasMessage)
        {
            Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        }

        WriteStatus(new Status(StatusCode.ResourceExhausted, detail), []);
    }

    /// <summary>
    /// Ends the call at once, although its handler still runs, and tells the caller to stop sending. The handler's
    /// trailers are left out: it may be changing them at this moment.
    /// </summary>
    public async Task TryEndEarlyAsync(Status status)
    {
        if (!await Context.Gate.TryEndAsync().ConfigureAwait(false))
        {
            return;
        }

        if (hasMessage && !await TryDrainAsync().ConfigureAwait(false))
        {
            Context.Reset(HttpServerCallContext.Http2Cancel);
            return;
        }

        WriteStatus(status, []);
        await Response.CompleteAsync().ConfigureAwait(false);
        Context.Reset(HttpServerCallContext.Http2NoError);
    }

    /// <summary>Lets the messages that were written go out before the end; false where the caller does not read them.</summary>
    private async Task<bool> TryDrainAsync()
    {
        try
        {
            await Response.BodyWriter.FlushAsync(CancellationToken.None).AsTask().WaitAsync(LongestEnd).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>
    /// Waits until the caller has room for more. The flush itself never gets the token: the server would reset the
    /// stream as an internal error, and the caller would not learn the status.
    /// </summary>
    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> flush = Response.BodyWriter.FlushAsync(CancellationToken.None);
        FlushResult flushed = flush.IsCompleted || cancellationToken == Context.HttpContext.RequestAborted
            ? await flush.ConfigureAwait(false)
            : await flush.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (flushed.IsCompleted)
        {
            throw await Context.CallerGoneAsync("The caller takes no more messages.").ConfigureAwait(false);
        }
    }

    private void Write(object message, WriteFlags flags)
    {
        writer.Write(message, responseMarshaller, flags);
        hasMessage = true;
    }

    private MessageReaderRest PeekForMore() => Requests.Peek() is var rest and not MessageReaderRest.Bytes
        ? rest
        : throw new MalformedMessageException("The call carries more than one request message.");

    /// <summary>
    /// Many a client ends its stream with a frame of its own, which is on its way. An answer that overtakes it makes
    /// the server reset the stream, so let others run once; a client that leaves its stream open waits no longer.
    /// </summary>
    private async Task<bool> TryEndBehindRequestAsync(object message)
    {
        await Task.Yield();
        PeekForMore();
        return await TryEndAsync(message).ConfigureAwait(false);
    }

    private void WriteStatus(Status status, ICollection<Metadata.Entry> trailers)
    {
        if (hasMessage || Response.HasStarted)
        {
            StatusTrailers.Write(Response, status, trailers);
        }
        else
        {
            StatusTrailers.WriteTrailersOnly(Response, status, trailers);
        }
    }
}
