using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Appliance.Tests.Grpc.Http2;
using Appliance.Tests.Grpc.Protos;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Appliance.Tests.Grpc;

/// <summary>What one HTTP/2 connection must bear.</summary>
public sealed class ConnectionTests : EchoServerTest
{
    [Fact]
    public async Task Pings_WithoutStreams_AreAnsweredForAsLongAsTheyCome()
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        for (byte i = 0; i < 50; i++)
        {
            await raw.SendAsync(new Frame(FrameType.Ping, 0, 0, [1, 2, 3, 4, 5, 6, 7, i]));
            Frame? answer;
            do
            {
                answer = await raw.ReceiveAsync();
                Assert.NotNull(answer);
                Assert.NotEqual(FrameType.GoAway, answer.Type);
            }
            while (answer.Type != FrameType.Ping);

            Assert.Equal((1, i), (answer.Flags, answer.Payload[7]));
        }
    }

    [Fact]
    public async Task Pings_OfTheClientsHandler_KeepAnIdleConnection()
    {
        int connections = 0;
        using var handler = new SocketsHttpHandler
        {
            KeepAlivePingDelay = TimeSpan.FromSeconds(1),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(1),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PlaintextStreamFilter = (context, _) =>
            {
                Interlocked.Increment(ref connections);
                return ValueTask.FromResult(context.PlaintextStream);
            },
        };
        using GrpcChannel pinging = Server.CreateChannel(new GrpcChannelOptions { HttpHandler = handler });
        var client = new Echo.EchoClient(pinging);
        await client.UnaryAsync(new EchoRequest());

        await Task.Delay(3500);
        await client.UnaryAsync(new EchoRequest());

        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task Streams_ThousandsAtOnce_AllLiveOnOneConnection()
    {
        const int count = 2500;
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.GrantAsync();
        for (int i = 0; i < count; i++)
        {
            await raw.SendHeadersAsync(2 * i + 1, "/appliance.tests.Echo/Duplex");
        }

        await Server.Record.ReachedAsync(record => record.Begun == count);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                await raw.SendDataAsync(2 * i + 1, Framed.Message(new EchoRequest { Text = "x" }), endsStream: true);
            }
        });
        int ended = 0;
        while (ended < count && await raw.ReceiveAsync() is { } frame)
        {
            ended += frame.EndsStream ? 1 : 0;
        }

        await writing;
        Assert.Equal(count, ended);
    }

    [Fact]
    public async Task Resets_Thousands_HurtNoOtherStream()
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, "/appliance.tests.Echo/Duplex");
        for (int i = 1; i <= 5000; i++)
        {
            await raw.SendHeadersAsync(2 * i + 1, "/appliance.tests.Echo/Unary");
            await raw.ResetAsync(2 * i + 1);
        }

        await raw.SendDataAsync(1, Framed.Message(new EchoRequest { Text = "alive" }), endsStream: true);

        Assert.Equal("0", (await raw.ReceiveEndAsync(1))["grpc-status"]);
        await Client.UnaryAsync(new EchoRequest());
    }

    [Fact]
    public async Task Cancellations_ThousandsInFlight_HurtNoOtherCall()
    {
        using AsyncDuplexStreamingCall<EchoRequest, EchoReply> other = Client.Duplex();
        await other.RequestStream.WriteAsync(new EchoRequest());
        Assert.True(await other.ResponseStream.MoveNext());
        for (int round = 0; round < 5; round++)
        {
            var calls = Enumerable.Range(0, 500).Select(_ => Client.UnaryAsync(new EchoRequest { DelayMs = 60_000 })).ToList();
            await Task.Delay(50);
            calls.ForEach(call => call.Dispose());
            await Task.WhenAll(calls.Select(RefusedAsync));
        }

        await other.RequestStream.WriteAsync(new EchoRequest { Text = "alive" });

        Assert.True(await other.ResponseStream.MoveNext());
        await Server.Record.ReachedAsync(record => record.Begun == record.Ended + 1);
    }

    [Fact]
    public async Task Disconnect_MidStream_FiresTheHandlersToken()
    {
        await using (RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint))
        {
            await raw.SendHeadersAsync(1, "/appliance.tests.Echo/Unary");
            await raw.SendDataAsync(1, Framed.Message(new EchoRequest { DelayMs = 60_000 }), endsStream: true);
            await raw.SendHeadersAsync(3, "/appliance.tests.Echo/Duplex");
            await Server.Record.ReachedAsync(record => record.Begun == 2);
        }

        await Server.Record.ReachedAsync(record => record is { Cancelled: 2, Ended: 2 });
    }

    [Fact]
    public async Task Disconnect_WhileTheHandlerWrites_EndsIt()
    {
        await using (RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint))
        {
            await raw.SendHeadersAsync(1, "/appliance.tests.Echo/ServerStream");
            var endless = new EchoRequest { Replies = int.MaxValue, ReplyBytes = 10_000 };
            await raw.SendDataAsync(1, Framed.Message(endless), endsStream: true);
            await raw.ReceiveUntilAsync(1, frame => frame.Type == FrameType.Data);
        }

        await Server.Record.ReachedAsync(record => record.Ended == 1);
    }

    [Fact]
    public async Task Drain_CallsUnderWay_ComeToTheirEnd()
    {
        using AsyncUnaryCall<EchoReply> unary = Client.UnaryAsync(new EchoRequest { Text = "late", DelayMs = 700 });
        using AsyncServerStreamingCall<EchoReply> stream = Client.ServerStream(new EchoRequest { Replies = 5, DelayMs = 150 });
        await Server.Record.ReachedAsync(record => record.Begun == 2);

        Task stopping = Server.StopAsync(TimeSpan.FromSeconds(10));

        Assert.Equal("late", (await unary).Text);
        for (int reply = 0; reply < 5; reply++)
        {
            Assert.True(await stream.ResponseStream.MoveNext());
        }

        Assert.False(await stream.ResponseStream.MoveNext());
        await stopping;
        Assert.Equal(StatusCode.Unavailable, (await RefusedAsync(Client.UnaryAsync(new EchoRequest()))).StatusCode);
    }

    [Fact]
    public async Task Tls_OwnCertificate_CarriesCallsForThoseWhoTrustIt()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using EchoServer secure = await EchoServer.StartAsync(certificate: certificate);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString();
        using GrpcChannel trusting = secure.CreateChannel(new GrpcChannelOptions { HttpHandler = handler });
        using GrpcChannel distrusting = secure.CreateChannel();

        Assert.Equal("safe", (await new Echo.EchoClient(trusting).UnaryAsync(new EchoRequest { Text = "safe" })).Text);
        RpcException thrown = await RefusedAsync(new Echo.EchoClient(distrusting).UnaryAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Unavailable, thrown.StatusCode);
    }

    [Fact]
    public async Task UnixSocket_ByConnectCallback_CarriesCalls()
    {
        string path = Path.Combine(Path.GetTempPath(), $"echo-{Guid.NewGuid():N}.sock");
        await using EchoServer local = await EchoServer.StartAsync(unixSocket: path);
        var address = new UnixDomainSocketEndPoint(path);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(
                    AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(address, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using GrpcChannel channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });

        EchoReply reply = await new Echo.EchoClient(channel).UnaryAsync(new EchoRequest { Text = "near" });

        Assert.Equal(("near", "unix:"), (reply.Text, reply.Peer));
    }
}
