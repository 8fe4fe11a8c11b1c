using System.Diagnostics;
using Appliance.Tests.Grpc.Http2;
using Appliance.Tests.Grpc.Protos;
using Grpc.Core;
using Xunit;

namespace Appliance.Tests.Grpc;

public sealed class CallDeadlineTests : EchoServerTest
{
    private const int LongMs = 60_000;

    [Fact]
    public async Task Moment_SetByTheClient_IsSeenByTheHandler()
    {
        EchoReply reply = await Client.UnaryAsync(new EchoRequest(), deadline: DateTime.UtcNow.AddSeconds(30));

        Assert.InRange(reply.DeadlineMs, 20_000, 30_100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Passes_WhileTheHandlerWaits_EndsTheCallInTime(bool isDeaf)
    {
        var clock = Stopwatch.StartNew();

        RpcException thrown = await RefusedAsync(Client.UnaryAsync(
            new EchoRequest { DelayMs = 4000, IsDeaf = isDeaf }, deadline: DateTime.UtcNow.AddMilliseconds(1000)));

        Assert.Equal(StatusCode.DeadlineExceeded, thrown.StatusCode);
        Assert.InRange(clock.ElapsedMilliseconds, 900, 3500);
        await Server.Record.ReachedAsync(record => record is { Cancelled: 1, Ended: 1 });
    }

    [Fact]
    public async Task Passes_BeforeTheCall_SendsNothing()
    {
        RpcException thrown = await RefusedAsync(Client.UnaryAsync(new EchoRequest(), deadline: DateTime.UtcNow.AddSeconds(-1)));

        Assert.Equal(StatusCode.DeadlineExceeded, thrown.StatusCode);
        Assert.Equal(0, Server.Record.Begun);
    }

    [Fact]
    public async Task Passes_BetweenReplies_EndsTheStream()
    {
        using AsyncServerStreamingCall<EchoReply> call = Client.ServerStream(
            new EchoRequest { Replies = 100, DelayMs = 400 }, deadline: DateTime.UtcNow.AddMilliseconds(1400));
        int replies = 0;
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (EchoReply reply in call.ResponseStream.ReadAllAsync())
            {
                replies++;
            }
        });

        Assert.Equal(StatusCode.DeadlineExceeded, thrown.StatusCode);
        Assert.InRange(replies, 1, 4);
    }

    [Fact]
    public async Task Passes_WhileAClientDoesNotRead_EndsTheHandler()
    {
        using AsyncServerStreamingCall<EchoReply> call = Client.ServerStream(
            new EchoRequest { Replies = 1000, ReplyBytes = 1_000_000 }, deadline: DateTime.UtcNow.AddMilliseconds(500));

        await Server.Record.ReachedAsync(record => record.Ended == 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Passes_OnTheServerAlone_SendsTheStatusAndStopsTheRequests(bool isDeaf)
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, "/appliance.tests.Echo/Unary", ("grpc-timeout", "200m"));
        await raw.SendDataAsync(1, Framed.Message(new EchoRequest { DelayMs = 3000, IsDeaf = isDeaf }));

        List<Frame> frames = await raw.ReceiveUntilAsync(1, frame => frame.Type == FrameType.RstStream);

        Assert.Equal([FrameType.Headers, FrameType.RstStream], frames.Select(frame => frame.Type));
        Assert.True(frames[0].EndsStream);
        Assert.Equal("4", HeaderBlock.Read(frames[0].Payload)["grpc-status"]);
        Assert.Equal([0, 0, 0, 0], frames[1].Payload);
    }

    [Fact]
    public async Task Passes_OnTheServerAloneBehindReplies_SendsTrailersAndStopsTheRequests()
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, "/appliance.tests.Echo/Duplex", ("grpc-timeout", "300m"));
        await raw.SendDataAsync(1, Framed.Message(new EchoRequest { Text = "x" }));

        List<Frame> frames = await raw.ReceiveUntilAsync(1, frame => frame.Type == FrameType.RstStream);

        Assert.Equal(
            [FrameType.Headers, FrameType.Data, FrameType.Headers, FrameType.RstStream],
            frames.Select(frame => frame.Type).Where((type, at) => at != 2 || type != FrameType.Data));
        Assert.Equal("4", HeaderBlock.Read(frames[^2].Payload)["grpc-status"]);
        Assert.Equal(0, frames[^1].Payload[3]);
    }

    [Fact]
    public async Task Passes_FloodNotRead_ResetsTheStream()
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, "/appliance.tests.Echo/ServerStream", ("grpc-timeout", "300m"));
        await raw.SendDataAsync(1, Framed.Message(new EchoRequest { Replies = 1000, ReplyBytes = 1_000_000 }), endsStream: true);

        List<Frame> frames = await raw.ReceiveUntilAsync(1, frame => frame.Type == FrameType.RstStream);

        Assert.Equal(8, frames[^1].Payload[3]);
        await Server.Record.ReachedAsync(record => record.Ended == 1);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("123456789S")]
    [InlineData("5")]
    [InlineData("-5S")]
    public async Task Timeout_NoSuchForm_IsInvalidArgument(string text)
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, "/appliance.tests.Echo/Unary", ("grpc-timeout", text));
        await raw.SendDataAsync(1, Framed.Message(new EchoRequest()), endsStream: true);

        Dictionary<string, string> end = await raw.ReceiveEndAsync(1);

        Assert.Equal("3", end["grpc-status"]);
    }

    [Fact]
    public async Task Timeout_LongerThanATimerTakes_DoesNotEndTheCall()
    {
        EchoReply reply = await Client.UnaryAsync(new EchoRequest { DelayMs = 50 }, deadline: DateTime.UtcNow.AddYears(200));

        Assert.True(reply.DeadlineMs > LongMs);
    }
}
