using Appliance.Tests.Grpc.Protos;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Appliance.Tests.Grpc;

public sealed class HttpCallInvokerTests : EchoServerTest
{
    [Fact]
    public async Task AsyncUnaryCall_Answered_GivesReplyStatusAndHeaders()
    {
        using AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(new EchoRequest { Text = "hello" });

        EchoReply reply = await call;

        Assert.Equal("hello", reply.Text);
        Assert.StartsWith("ipv4:127.0.0.1:", reply.Peer);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
        Assert.NotNull(await call.ResponseHeadersAsync);
    }

    [Fact]
    public async Task BlockingUnaryCall_Answered_GivesReply()
    {
        EchoReply reply = await Task.Run(() => Client.Unary(new EchoRequest { Text = "hello" }));

        Assert.Equal("hello", reply.Text);
    }

    [Fact]
    public async Task BlockingUnaryCall_Refused_Throws()
    {
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(
            () => Task.Run(() => Client.Unary(new EchoRequest { Code = 5, Detail = "no such thing" })));

        Assert.Equal(StatusCode.NotFound, thrown.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4091)]
    [InlineData(70_000)]
    [InlineData(5_000_000)]
    public async Task AsyncUnaryCall_PayloadOfAnySize_ComesBackWhole(int bytes)
    {
        var payload = new byte[bytes];
        new Random(7).NextBytes(payload);

        EchoReply reply = await Client.UnaryAsync(new EchoRequest { Payload = ByteString.CopyFrom(payload) });

        Assert.Equal(payload, reply.Payload.ToByteArray());
    }

    [Fact]
    public async Task AsyncClientStreamingCall_ManyRequests_AnswersOnce()
    {
        using AsyncClientStreamingCall<EchoRequest, EchoReply> call = Client.ClientStream();
        foreach (string text in new[] { "a", "b", "c" })
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = text });
        }

        await call.RequestStream.CompleteAsync();
        EchoReply reply = await call;

        Assert.Equal("abc", reply.Text);
        Assert.Equal(3, reply.Requests);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new EchoRequest()));
    }

    [Fact]
    public async Task AsyncClientStreamingCall_NoRequest_AnswersNevertheless()
    {
        using AsyncClientStreamingCall<EchoRequest, EchoReply> call = Client.ClientStream();
        await call.RequestStream.CompleteAsync();

        Assert.Equal(0, (await call).Requests);
    }

    [Fact]
    public async Task AsyncClientStreamingCall_BufferHints_SendAllWithTheLast()
    {
        using AsyncClientStreamingCall<EchoRequest, EchoReply> call = Client.ClientStream();
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        for (int i = 0; i < 1000; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[100]) });
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(1000, (await call).Requests);
    }

    [Fact]
    public async Task AsyncClientStreamingCall_ServerEndsEarly_WriterLearnsTheStatus()
    {
        using AsyncClientStreamingCall<EchoRequest, EchoReply> call = Client.ClientStream();

        // The end may overtake this write, which then meets it, too.
        await Record.ExceptionAsync(() => call.RequestStream.WriteAsync(new EchoRequest { Code = 9, Detail = "enough" }));
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await call);

        RpcException ofWriter = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new EchoRequest()));

        Assert.Equal(StatusCode.FailedPrecondition, thrown.StatusCode);
        Assert.Equal("enough", ofWriter.Status.Detail);
    }

    [Fact]
    public async Task AsyncServerStreamingCall_ManyReplies_ArriveInOrder()
    {
        using AsyncServerStreamingCall<EchoReply> call = Client.ServerStream(new EchoRequest { Replies = 500, Text = "r" });

        List<int> numbers = [];
        await foreach (EchoReply reply in call.ResponseStream.ReadAllAsync())
        {
            numbers.Add(reply.Requests);
        }

        Assert.Equal(Enumerable.Range(1, 500), numbers);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task AsyncServerStreamingCall_FailsAfterReplies_GivesThemAndThenThrows()
    {
        using AsyncServerStreamingCall<EchoReply> call = Client.ServerStream(new EchoRequest { Replies = 2, Code = 15, Detail = "lost" });

        Assert.True(await call.ResponseStream.MoveNext());
        Assert.True(await call.ResponseStream.MoveNext());
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.DataLoss, thrown.StatusCode);
        Assert.Equal("lost", call.GetStatus().Detail);
    }

    [Fact]
    public async Task AsyncDuplexStreamingCall_PingPong_AnswersEachBeforeTheNext()
    {
        using AsyncDuplexStreamingCall<EchoRequest, EchoReply> call = Client.Duplex();
        for (int i = 1; i <= 100; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task AsyncDuplexStreamingCall_NeverHalfClosed_IsEndedByItsDisposal()
    {
        using (AsyncDuplexStreamingCall<EchoRequest, EchoReply> call = Client.Duplex())
        {
            await call.RequestStream.WriteAsync(new EchoRequest());
            Assert.True(await call.ResponseStream.MoveNext());
        }

        await Server.Record.ReachedAsync(record => record is { Ended: 1, Cancelled: 1 });
    }

    [Fact]
    public async Task AsyncDuplexStreamingCall_LargeMessagesBothWays_DoNotBlockEachOther()
    {
        using AsyncDuplexStreamingCall<EchoRequest, EchoReply> call = Client.Duplex();
        ByteString payload = ByteString.CopyFrom(new byte[3_000_000]);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                await call.RequestStream.WriteAsync(new EchoRequest { Payload = payload });
            }

            await call.RequestStream.CompleteAsync();
        });

        int replies = 0;
        await foreach (EchoReply reply in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(payload.Length, reply.Payload.Length);
            replies++;
        }

        await writing;
        Assert.Equal(10, replies);
    }

    [Fact]
    public async Task AsyncServerStreamingCall_HeadersSentFirst_ArriveBeforeAnyReply()
    {
        using AsyncServerStreamingCall<EchoReply> call = Client.ServerStream(
            new EchoRequest { SendsHeadersFirst = true, DelayMs = 60_000 });

        await call.ResponseHeadersAsync.WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
    }

    [Fact]
    public async Task AsyncUnaryCall_NobodyListens_IsUnavailable()
    {
        using GrpcChannel nowhere = GrpcChannel.ForAddress("http://127.0.0.1:1");

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(
            async () => await new Echo.EchoClient(nowhere).UnaryAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Unavailable, thrown.StatusCode);
    }

    [Fact]
    public async Task AsyncUnaryCall_ReplyOverTheLimit_IsResourceExhausted()
    {
        using GrpcChannel small = Server.CreateChannel(new GrpcChannelOptions { MaxReceiveMessageSize = 100 });

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(
            async () => await new Echo.EchoClient(small).UnaryAsync(new EchoRequest { ReplyBytes = 101 }));

        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
    }

    [Fact]
    public async Task AsyncUnaryCall_RequestOverTheSendLimit_IsNotSent()
    {
        using GrpcChannel small = Server.CreateChannel(new GrpcChannelOptions { MaxSendMessageSize = 100 });

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(
            async () => await new Echo.EchoClient(small).UnaryAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[101]) }));

        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
        Assert.Equal(0, Server.Record.Begun);
    }

    [Fact]
    public async Task WithHost_AnotherName_ReachesTheServerAllTheSame() =>
        Assert.Equal("x", (await Client.WithHost("elsewhere").UnaryAsync(new EchoRequest { Text = "x" })).Text);
}
