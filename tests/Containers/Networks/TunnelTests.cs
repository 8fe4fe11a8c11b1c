using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Policies;
using Appliance.Containers.Networks.Tunnels;
using Appliance.Core.Errors;

namespace Appliance.Tests.Containers.Networks;

public sealed class TunnelTests
{
    private const int Port = 7000;

    private static readonly TunnelSettings Plain = new()
    {
        ContainerPort = Port,
        Kind = TunnelKind.Plain,
        Listen = new IPEndPoint(TestHost.HostAddress, 0),
    };

    [NetworkFact]
    public async Task Plain_BlockedContainer_IsReachedAndCounted()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Blocked);
        await using var server = new EchoServer(container.NamespacePath, IPAddress.Any, Port);
        await using TunnelListener tunnel = pool.OpenTunnel("c1", Plain);
        var counts = new System.Collections.Concurrent.ConcurrentQueue<int>();
        tunnel.OpenCountChanged += counts.Enqueue;

        using (await EchoServer.AskAsync(host.RemotePath, tunnel.EndPoint))
        {
            Assert.Equal(1, tunnel.OpenCount);
        }

        await UntilAsync(() => tunnel.OpenCount == 0);
        Assert.Equal([1, 0], counts);
        Assert.Equal(container.Gateway, server.LastClient);
    }

    [NetworkFact]
    public async Task Plain_ClientEndsItsSide_StillHearsTheRest()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        await using var server = new EchoServer(container.NamespacePath, IPAddress.Any, Port);
        await using TunnelListener tunnel = pool.OpenTunnel("c1", Plain);
        using Socket client = TestHost.Open(host.RemotePath);
        await client.ConnectAsync(tunnel.EndPoint);
        byte[] sent = RandomNumberGenerator.GetBytes(3_000_000);

        Task sending = Task.Run(async () =>
        {
            await using var stream = new NetworkStream(client);
            await stream.WriteAsync(sent);
            client.Shutdown(SocketShutdown.Send);
        });
        var heard = new MemoryStream();
        await using (var stream = new NetworkStream(client))
        {
            await stream.CopyToAsync(heard).WaitAsync(TimeSpan.FromSeconds(20));
        }

        await sending;
        Assert.Equal(sent, heard.ToArray());
        await UntilAsync(() => tunnel.OpenCount == 0);
    }

    [NetworkFact]
    public async Task Plain_NobodyListensInside_TheClientHearsItAtOnce()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        await pool.RentAsync("c1", NetworkPolicy.Open);
        await using TunnelListener tunnel = pool.OpenTunnel("c1", Plain);
        using Socket client = TestHost.Open(host.RemotePath);
        await client.ConnectAsync(tunnel.EndPoint);

        await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(5)));
        await UntilAsync(() => tunnel.OpenCount == 0);
    }

    [NetworkFact]
    public async Task Plain_ClientThatIsNotListed_IsTurnedAway()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        await using var server = new EchoServer(container.NamespacePath, IPAddress.Any, Port);
        await using TunnelListener open = pool.OpenTunnel("c1", Plain with { Clients = [Cidr.Parse("198.51.100.0/24")] });
        await using TunnelListener closed = pool.OpenTunnel("c1", Plain with { Clients = [Cidr.Parse("203.0.113.0/24")] });

        (await EchoServer.AskAsync(host.RemotePath, open.EndPoint)).Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => EchoServer.AskAsync(host.RemotePath, closed.EndPoint));
        Assert.Equal(0, closed.OpenCount);
    }

    [NetworkFact]
    public async Task Open_PortOfAnEarlierTunnel_IsListenedOnAgain()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        await using var server = new EchoServer(container.NamespacePath, IPAddress.Any, Port);
        TunnelListener first = pool.OpenTunnel("c1", Plain);
        IPEndPoint where = first.EndPoint;
        using Socket client = await EchoServer.AskAsync(host.RemotePath, where);
        ApplianceException taken = Assert.Throws<ApplianceException>(() => pool.OpenTunnel("c1", Plain with { Listen = where }));
        Assert.Equal(ErrorKind.AlreadyExists, taken.Kind);
        await first.DisposeAsync();

        await using TunnelListener second = pool.OpenTunnel("c1", Plain with { Listen = where });

        Assert.Equal(where, second.EndPoint);
        (await EchoServer.AskAsync(host.RemotePath, where)).Dispose();
    }

    [NetworkTheory]
    [InlineData(TunnelKind.Tls, "http/1.1")]
    [InlineData(TunnelKind.TlsHttp2, "h2")]
    public async Task Tls_ClientEndsItsSide_StillHearsTheRest(TunnelKind kind, string protocol)
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Blocked);
        await using var server = new EchoServer(container.NamespacePath, IPAddress.Any, Port);
        using X509Certificate2 certificate = MakeCertificate();
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        await using TunnelListener tunnel = pool.OpenTunnel("c1", Plain with { Kind = kind, Certificate = () => options });
        using Socket socket = TestHost.Open(host.RemotePath);
        await socket.ConnectAsync(tunnel.EndPoint);
        await using var client = new SslStream(new NetworkStream(socket), false, (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString());

        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "tunnel.test",
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        });
        await client.WriteAsync(Encoding.ASCII.GetBytes("over and out"));
        await client.ShutdownAsync();
        using var reader = new StreamReader(client);

        Assert.Equal(protocol, client.NegotiatedApplicationProtocol.ToString());
        Assert.Equal("over and out", await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(5)));
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tunnel.test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        for (int tries = 0; !isTrue(); tries++)
        {
            Assert.True(tries < 500, "waited for five seconds");
            await Task.Delay(10);
        }
    }
}
