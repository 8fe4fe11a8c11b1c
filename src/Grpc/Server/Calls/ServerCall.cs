using System.IO.Compression;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>
/// One call's messages and its end. Two may want to end a call, its handler and its deadline; the first one wins,
/// and no message is written during or after the end.
/// </summary>
internal sealed class ServerCall<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly Method<TRequest, TResponse> method;
    private readonly MessageWriter writer;
    private bool hasMessage;
    private bool hasEnded;

    public ServerCall(HttpServerCallContext context, Method<TRequest, TResponse> method, GrpcServiceOptions options)
    {
        this.method = method;
        Context = context;
        IHeaderDictionary headers = context.HttpContext.Request.Headers;
        string encoding = headers[WireNames.Encoding].ToString();
        RequestEncoding = encoding.Length == 0 ? Compression.Identity : encoding;
        Requests = new MessageReader<TRequest>(
            context.HttpContext.Request.BodyReader, method.RequestMarshaller, RequestEncoding, options.MaxReceiveMessageSize);
        string responseEncoding = ChooseResponseEncoding(options, headers[WireNames.AcceptEncoding].ToString());
        if (responseEncoding != Compression.Identity)
        {
            context.HttpContext.Response.Headers[WireNames.Encoding] = responseEncoding;
        }

        writer = new MessageWriter(
            context.HttpContext.Response.BodyWriter,
            responseEncoding,
            options.ResponseCompressionLevel ?? CompressionLevel.Fastest,
            options.MaxSendMessageSize);
    }

    public HttpServerCallContext Context { get; }

    public MessageReader<TRequest> Requests { get; }

    public string RequestEncoding { get; }

    private HttpResponse Response => Context.HttpContext.Response;

    /// <summary>Writes one message of a stream and sends it, unless the options let it wait for others.</summary>
    public async Task WriteAsync(TResponse message, WriteFlags flags, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (hasEnded)
            {
                throw new OperationCanceledException("The call has ended.");
            }

            writer.Write(message, method.ResponseMarshaller, flags);
            hasMessage = true;
            if (!flags.HasFlag(WriteFlags.BufferHint))
            {
                await Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Ends the call with one last message, which travels together with the trailers.</summary>
    public Task<bool> TryEndAsync(TResponse message) => TryEndAsync(() =>
    {
        writer.Write(message, method.ResponseMarshaller, Context.WriteOptions?.Flags ?? default);
        hasMessage = true;
        WriteStatus(Context.Status, Metadata.Empty);
    });

    public Task<bool> TryEndAsync(Status status, Metadata trailers) => TryEndAsync(() => WriteStatus(status, trailers));

    /// <summary>Ends the call with an HTTP status, which is where clients look for a body that is too large.</summary>
    public Task<bool> TryEndTooLargeAsync(string detail) => TryEndAsync(() =>
    {
        if (!Response.HasStarted && !hasMessage)
        {
            Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        }

        WriteStatus(new Status(StatusCode.ResourceExhausted, detail), Metadata.Empty);
    });

    /// <summary>Sends the end at once, although the handler still runs.</summary>
    public Task SendEndAsync() => Response.CompleteAsync();

    private async Task<bool> TryEndAsync(Action write)
    {
        await writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (hasEnded)
            {
                return false;
            }

            write();
            hasEnded = true;
            return true;
        }
        finally
        {
            writing.Release();
        }
    }

    private void WriteStatus(Status status, Metadata trailers)
    {
        Metadata all = Context.HasResponseTrailers ? Context.ResponseTrailers : trailers;
        if (!ReferenceEquals(all, trailers))
        {
            foreach (Metadata.Entry entry in trailers)
            {
                all.Add(entry);
            }
        }

        if (hasMessage || Response.HasStarted)
        {
            StatusTrailers.Write(Response, status, all);
        }
        else
        {
            StatusTrailers.WriteTrailersOnly(Response, status, all);
        }
    }

    private static string ChooseResponseEncoding(GrpcServiceOptions options, string accepted) =>
        options.ResponseCompressionAlgorithm is { } wanted
        && accepted.Split(',', StringSplitOptions.TrimEntries).Contains(wanted)
            ? wanted
            : Compression.Identity;
}
