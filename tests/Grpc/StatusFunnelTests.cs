using Appliance.Tests.Grpc.Http2;
using Appliance.Tests.Grpc.Protos;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Appliance.Tests.Grpc;

public sealed class StatusFunnelTests : EchoServerTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(16)]
    public async Task EndAsync_RpcException_GivesItsStatusAndDetails(int code)
    {
        byte[] details = [8, 3, 18, 2, 0xc3, 0xa4];
        RpcException thrown = await RefusedAsync(Client.UnaryAsync(
            new EchoRequest { Code = code, Detail = "why", Details = ByteString.CopyFrom(details) }));

        Assert.Equal((StatusCode)code, thrown.StatusCode);
        Assert.Equal("why", thrown.Status.Detail);
        Assert.Equal(details, thrown.Trailers.GetValueBytes("grpc-status-details-bin"));
    }

    [Fact]
    public async Task EndAsync_UnforeseenException_HidesItsText()
    {
        RpcException thrown = await RefusedAsync(Client.UnaryAsync(new EchoRequest { Throws = true }));

        Assert.Equal(StatusCode.Unknown, thrown.StatusCode);
        Assert.DoesNotContain("secret", thrown.Status.Detail);
        Assert.Contains("/appliance.tests.Echo/Unary", thrown.Status.Detail);
    }

    [Fact]
    public async Task EndAsync_DetailedErrors_ShowItsText()
    {
        await using EchoServer open = await EchoServer.StartAsync(options => options.EnableDetailedErrors = true);
        using var channel = open.CreateChannel();

        RpcException thrown = await RefusedAsync(new Echo.EchoClient(channel).UnaryAsync(new EchoRequest { Throws = true }));

        Assert.Contains("secret of the house", thrown.Status.Detail);
    }

    [Fact]
    public async Task EndAsync_BodyTooLarge_IsHttp413ThenResetWithNoError()
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, "/appliance.tests.Tight/Unary");
        await raw.SendDataAsync(1, Framed.Bytes(0, new byte[EchoServer.TightLimitBytes + 1]));

        List<Frame> frames = await raw.ReceiveUntilAsync(1, frame => frame.Type == FrameType.RstStream);

        Assert.Equal([FrameType.Headers, FrameType.RstStream], frames.Select(frame => frame.Type));
        Assert.True(frames[0].EndsStream);
        Assert.Equal([0, 0, 0, 0], frames[1].Payload);
        Dictionary<string, string> headers = HeaderBlock.Read(frames[0].Payload);
        Assert.Equal(("413", "8"), (headers[":status"], headers["grpc-status"]));
        Assert.Contains("1000", headers["grpc-message"]);
    }

    [Fact]
    public async Task EndAsync_BodyTooLargeForOthers_FitsInBothDirectionsWhereNoLimitIs()
    {
        await using EchoServer limited = await EchoServer.StartAsync(options => options.MaxSendMessageSize = EchoServer.TightLimitBytes);
        using GrpcChannel channel = limited.CreateChannel();
        var client = new Echo.EchoClient(channel);
        var request = new EchoRequest { Payload = ByteString.CopyFrom(new byte[EchoServer.LimitBytes]) };

        RpcException received = await RefusedAsync(client.UnaryAsync(request));
        RpcException sent = await RefusedAsync(client.UnaryAsync(new EchoRequest { ReplyBytes = EchoServer.TightLimitBytes }));
        EchoReply reply = await new Roomy.RoomyClient(channel).UnaryAsync(request);

        Assert.Equal(
            [StatusCode.ResourceExhausted, StatusCode.ResourceExhausted], [received.StatusCode, sent.StatusCode]);
        Assert.Equal(EchoServer.LimitBytes, reply.Payload.Length);
    }

    [Fact]
    public async Task EndAsync_BodyTooLargeForOneService_FitsAnother()
    {
        var request = new EchoRequest { Text = new string('x', EchoServer.TightLimitBytes) };

        RpcException thrown = await RefusedAsync(new Tight.TightClient(Channel).UnaryAsync(request));

        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
        Assert.Equal(request.Text, (await Client.UnaryAsync(request)).Text);
    }

    [Fact]
    public async Task EndAsync_ReplyOverTheSendLimit_IsResourceExhausted()
    {
        await using EchoServer small = await EchoServer.StartAsync(options => options.MaxSendMessageSize = 100);
        using var channel = small.CreateChannel();
        var client = new Echo.EchoClient(channel);

        RpcException thrown = await RefusedAsync(client.UnaryAsync(new EchoRequest { ReplyBytes = 101 }));

        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
        Assert.Equal(40, (await client.UnaryAsync(new EchoRequest { ReplyBytes = 40 })).Payload.Length);
    }
}
