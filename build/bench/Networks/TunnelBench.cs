using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Containers.Networks.Policies;
using Appliance.Containers.Networks.Tunnels;

namespace Appliance.Bench.Networks;

/// <summary>Bytes through tunnels against the same bytes straight to the container.</summary>
internal static class TunnelBench
{
    private const int Port = 7000;
    private const long Bytes = 2L << 30;
    private const int BufferBytes = 256 << 10;

    public static async Task RunAsync(BenchReport report, NetworkPool pool, string hostPath)
    {
        ContainerNetwork container = await pool.RentAsync("tunnel", NetworkPolicy.Blocked);
        using var host = new HostStack(hostPath);
        using var inside = new HostStack(container.NamespacePath);
        using Socket listener = inside.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        listener.Listen();

        double direct = await MeasureAsync(listener, host, new IPEndPoint(container.Address!, Port), isSecure: false);
        report.Row("bytes straight into a container", direct, "MiB/s");
        foreach (TunnelKind kind in (TunnelKind[])[TunnelKind.Plain, TunnelKind.Tls])
        {
            SslServerAuthenticationOptions options = MakeOptions();
            await using TunnelListener tunnel = pool.OpenTunnel("tunnel", new TunnelSettings
            {
                ContainerPort = Port, Kind = kind, Listen = new IPEndPoint(IPAddress.Loopback, 0), Certificate = () => options,
            });
            double measured = await MeasureAsync(listener, host, tunnel.EndPoint, kind == TunnelKind.Tls);
            report.Row($"bytes through a tunnel, {kind}", measured, "MiB/s", "straight", measured / direct);
        }

        await pool.ReleaseAsync("tunnel");
    }

    private static async Task<double> MeasureAsync(Socket listener, HostStack host, IPEndPoint target, bool isSecure)
    {
        using Socket client = host.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(target);
        Stream stream = new NetworkStream(client);
        Task<Socket> accepting = listener.AcceptAsync();
        if (isSecure)
        {
            var secure = new SslStream(stream, false, (_, _, _, _) => true);
            await secure.AuthenticateAsClientAsync("bench");
            stream = secure;
        }

        using Socket server = await accepting;
        long start = Stopwatch.GetTimestamp();
        Task receiving = ReceiveAsync(server);
        byte[] buffer = new byte[BufferBytes];
        for (long sent = 0; sent < Bytes; sent += BufferBytes)
        {
            await stream.WriteAsync(buffer);
        }

        await receiving;
        await stream.DisposeAsync();
        return Bytes / 1048576.0 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task ReceiveAsync(Socket server)
    {
        byte[] buffer = new byte[BufferBytes];
        for (long received = 0; received < Bytes;)
        {
            received += await server.ReceiveAsync(buffer);
        }
    }

    private static SslServerAuthenticationOptions MakeOptions()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X509Certificate2 certificate = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
    }
}
