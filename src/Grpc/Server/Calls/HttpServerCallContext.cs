using System.Net;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>A call that came as an HTTP/2 request.</summary>
internal sealed class HttpServerCallContext(HttpContext http, IMethod method) : ServerCallContext
{
    public const int Http2NoError = 0;
    public const int Http2Cancel = 8;

    // The server fires the token within a turn of its thread pool; a call whose token never fires must not hang on it.
    private static readonly TimeSpan LongestAbort = TimeSpan.FromSeconds(5);

    private static readonly AuthContext Anonymous = new(null, []);

    private Metadata? requestHeaders;
    private Metadata? responseTrailers;

    public HttpContext HttpContext => http;

    /// <summary>Set while the call has a deadline; its token then stands for the caller's, too.</summary>
    public CallDeadline? CallDeadline { get; set; }

    public ResponseGate Gate { get; } = new();

    /// <summary>Fires with the deadline; costs less than the handler's token, which knows of the caller, too.</summary>
    public CancellationToken DeadlineToken => CallDeadline?.Token ?? CancellationToken.None;

    protected override string MethodCore => method.FullName;

    protected override string HostCore => http.Request.Host.Value ?? string.Empty;

    protected override string PeerCore => http.Connection.RemoteIpAddress switch
    {
        null => "unix:",
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } address =>
            $"ipv6:{new IPEndPoint(address, http.Connection.RemotePort)}",
        IPAddress address => $"ipv4:{address}:{http.Connection.RemotePort}",
    };

    protected override DateTime DeadlineCore => CallDeadline?.Moment ?? DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => requestHeaders ??= ReadRequestHeaders();

    protected override CancellationToken CancellationTokenCore => CallDeadline?.Token ?? http.RequestAborted;

    protected override Metadata ResponseTrailersCore => responseTrailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => Anonymous;

    /// <summary>What the handler put into the trailers, and behind it some more.</summary>
    public ICollection<Metadata.Entry> TrailersWith(Metadata others) =>
        responseTrailers is null ? others
        : others.Count == 0 ? responseTrailers
        : [.. responseTrailers, .. others];

    /// <summary>Tells the caller that nothing it may still send will be read.</summary>
    public void Reset(int http2Error) => http.Features.Get<IHttpResetFeature>()?.Reset(http2Error);

    /// <summary>
    /// What a read or a write throws once the caller is gone. The server lets those fail a moment before it fires the
    /// token, by which handlers tell a caller that left from a failure of their own: so wait for it.
    /// </summary>
    public async Task<OperationCanceledException> CallerGoneAsync(string message, Exception? cause = null)
    {
        CancellationToken token = CancellationToken;
        if (!token.IsCancellationRequested)
        {
            await Task.Delay(LongestAbort, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return new OperationCanceledException(message, cause, token);
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        CancellationToken.ThrowIfCancellationRequested();
        Gate.Enter();
        try
        {
            if (http.Response.HasStarted)
            {
                throw new InvalidOperationException("The response headers of this call have been sent.");
            }

            foreach (Metadata.Entry entry in responseHeaders)
            {
                http.Response.Headers.Append(entry.Key, MetadataHeaders.Text(entry));
            }

            await http.Response.BodyWriter.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Gate.Leave();
        }
    }

    private Metadata ReadRequestHeaders()
    {
        var headers = new Metadata();
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in http.Request.Headers)
        {
            MetadataHeaders.Add(headers, name, values);
        }

        return headers;
    }
}
