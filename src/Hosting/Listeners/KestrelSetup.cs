using Appliance.Hosting.Settings;
using Appliance.Hosting.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Appliance.Hosting.Listeners;

/// <summary>Opens the doors, with limits that suit long-lived gRPC connections.</summary>
public sealed class KestrelSetup(ServeSettings settings, ServerCertificates? certificates, string? containerSocket, TimeProvider clock)
{
    public void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        SetLimits(kestrel.Limits);
        Listen(kestrel, settings.Grpc, ListenerKind.Grpc, HttpProtocols.Http2);
        Listen(kestrel, settings.Http, ListenerKind.Http, HttpProtocolsOf(settings.Http));
        for (int port = settings.WebPorts?.First ?? 0; port <= (settings.WebPorts?.Last ?? -1); port++)
        {
            Listen(kestrel, settings.Http with { Port = port }, ListenerKind.WebPort, HttpProtocolsOf(settings.Http));
        }

        kestrel.ListenUnixSocket(AdminSocket.PathIn(settings.DataDirectory), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            Mark(listen, ListenerKind.Admin);
        });
        kestrel.ListenUnixSocket(PackageSocket.PathIn(settings.DataDirectory), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => FirstByteTimeout.Guard(next, clock));
            Mark(listen, ListenerKind.Packages);
        });
        if (containerSocket is not null)
        {
            kestrel.ListenUnixSocket(containerSocket, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                Mark(listen, ListenerKind.Containers);
            });
        }
    }

    /// <summary>Without TLS there is nothing to choose between the two with.</summary>
    private HttpProtocols HttpProtocolsOf(ListenAddress address) => settings.UsesTls(address) ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;

    private static void SetLimits(KestrelServerLimits limits)
    {
        // Clients keep a connection for days and ping it without opening a stream; the server's own pings find dead ones.
        limits.KeepAliveTimeout = TimeSpan.FromHours(12);
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(30);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);

        // One client process holds one connection, and each of its long polls a stream.
        limits.Http2.MaxStreamsPerConnection = 10_000;
        limits.Http2.InitialStreamWindowSize = 2 * 1024 * 1024;
        limits.Http2.InitialConnectionWindowSize = 16 * 1024 * 1024;
        limits.Http2.MaxFrameSize = 256 * 1024;
        limits.MaxRequestBodySize = null;
    }

    private void Listen(KestrelServerOptions kestrel, ListenAddress address, ListenerKind kind, HttpProtocols protocols) =>
        kestrel.Listen(address.Address, address.Port, listen =>
        {
            listen.Protocols = protocols;
            listen.Use(next => FirstByteTimeout.Guard(next, clock));
            if (settings.UsesTls(address))
            {
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(certificates!.ServerOptions),
                });
            }

            Mark(listen, kind);
        });

    private static void Mark(ListenOptions listen, ListenerKind kind) => listen.Use(next => connection =>
    {
        ListenerMark.Set(connection, kind);
        return next(connection);
    });
}
