using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Appliance.Containers.Networks.Tunnels;

/// <summary>One client of a tunnel: from its first byte to the end of both directions.</summary>
internal static class TunnelConnection
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Ends when both directions have ended. A failure of either side is passed on as a reset connection.</summary>
    public static async Task RelayAsync(Socket client, TunnelSettings settings, TunnelConnector connector, TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            StreamRelay.KeepAlive(client);
            await using Stream outside = await OpenAsync(client, settings, clock, cancellation).ConfigureAwait(false);
            using Socket container = await ConnectAsync(connector, settings.ContainerPort, clock, cancellation).ConfigureAwait(false);
            await using var inside = new NetworkStream(container, ownsSocket: false);
            await RelayAsync(client, outside, container, inside, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            client.Close(timeout: 0);
        }
    }

    private static async Task RelayAsync(Socket client, Stream outside, Socket container, Stream inside, CancellationToken cancellation)
    {
        try
        {
            await StreamRelay.CopyBothAsync(outside, () => EndAsync(outside, client), inside, () => EndAsync(inside, container), cancellation).ConfigureAwait(false);
        }
        catch
        {
            container.LingerState = new LingerOption(enable: true, seconds: 0);
            throw;
        }
    }

    private static async Task<Stream> OpenAsync(Socket client, TunnelSettings settings, TimeProvider clock, CancellationToken cancellation)
    {
        var plain = new NetworkStream(client, ownsSocket: false);
        if (settings.Kind == TunnelKind.Plain)
        {
            return plain;
        }

        using var timeout = new CancellationTokenSource(HandshakeTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var secure = new SslStream(plain);
        try
        {
            await secure.AuthenticateAsServerAsync(Options(settings), both.Token).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static SslServerAuthenticationOptions Options(TunnelSettings settings)
    {
        SslServerAuthenticationOptions server = settings.Certificate!();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = server.ServerCertificateContext,
            EnabledSslProtocols = server.EnabledSslProtocols,
            ApplicationProtocols = [settings.Kind == TunnelKind.TlsHttp2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
        };
    }

    private static async Task<Socket> ConnectAsync(TunnelConnector connector, int port, TimeProvider clock, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        return await connector.ConnectAsync(port, both.Token).ConfigureAwait(false);
    }

    // The other direction goes on: many protocols answer after they have read everything.
    private static async Task EndAsync(Stream stream, Socket socket)
    {
        if (stream is SslStream secure)
        {
            await secure.ShutdownAsync().ConfigureAwait(false);
        }

        socket.Shutdown(SocketShutdown.Send);
    }
}
