using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>How a channel connects, and its limits.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>The longest response message that is accepted, in bytes, before and after unpacking; null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The longest request message that is sent, in bytes; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Sends the requests in place of an own handler. Its time limit applies to each call until the response headers.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>
    /// Makes the connections in place of an own handler: a <see cref="SocketsHttpHandler"/> with a connect callback
    /// reaches a Unix socket, one with TLS options a server with a private certificate.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether the channel disposes the client or handler it was given together with itself.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>Whether a call that is cancelled here throws OperationCanceledException in place of an RpcException.</summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }
}
