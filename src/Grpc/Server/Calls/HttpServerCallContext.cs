using System.Net;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>A call that came as an HTTP/2 request.</summary>
internal sealed class HttpServerCallContext(HttpContext http, IMethod method) : ServerCallContext
{
    private static readonly AuthContext Anonymous = new(null, []);

    private Metadata? requestHeaders;
    private Metadata? responseTrailers;

    public HttpContext HttpContext => http;

    /// <summary>Set while the call has a deadline; its token then stands for the caller's, too.</summary>
    public CallDeadline? CallDeadline { get; set; }

    public bool HasResponseTrailers => responseTrailers is not null;

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

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        if (http.Response.HasStarted)
        {
            throw new InvalidOperationException("The response headers of this call have been sent.");
        }

        foreach (Metadata.Entry entry in responseHeaders)
        {
            http.Response.Headers.Append(entry.Key, MetadataHeaders.Text(entry));
        }

        return http.Response.StartAsync(CancellationToken);
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
