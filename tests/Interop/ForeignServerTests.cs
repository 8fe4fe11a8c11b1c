using Appliance.Tests.Grpc.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.Interop;

// Inside Appliance.Tests the bare name means the tests of the metadata store.
using Metadata = global::Grpc.Core.Metadata;

public sealed class GrpcJsServerTests(GrpcJsServer server) : ForeignServerTests<GrpcJsServer>(server);

public sealed class GrpcioServerTests(GrpcioServer server) : ForeignServerTests<GrpcioServer>(server);

/// <summary>Our client against an independent server.</summary>
public abstract class ForeignServerTests<TServer>(TServer server) : IClassFixture<TServer>
    where TServer : ForeignServer
{
    private const int LimitMs = 120_000;
    private static readonly Metadata Gzip = new() { { "grpc-internal-encoding-request", "gzip" } };
    private readonly Echo.EchoClient client = new(server.Channel);

    [Fact(Timeout = LimitMs)]
    public async Task AsyncUnaryCall_Metadata_ComesBack()
    {
        byte[] bytes = [0, 1, 254, 255];
        using AsyncUnaryCall<EchoReply> call = client.UnaryAsync(
            new EchoRequest { Text = "hello" },
            new Metadata { { "echo-word", "value" }, { "echo-some-bin", bytes }, { "trail-some-bin", bytes } });

        Assert.Equal("hello", (await call).Text);
        Metadata headers = await call.ResponseHeadersAsync;
        Assert.Equal("value", headers.GetValue("echo-word"));
        Assert.Equal(bytes, headers.GetValueBytes("echo-some-bin"));
        Assert.Equal(bytes, call.GetTrailers().GetValueBytes("trail-some-bin"));
    }

    [Fact(Timeout = LimitMs)]
    public async Task AsyncClientStreamingCall_ThreeRequests_AnswersOnce()
    {
        using AsyncClientStreamingCall<EchoRequest, EchoReply> call = client.ClientStream(Gzip);
        foreach (string text in new[] { "a", "b", "c" })
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = text });
        }

        await call.RequestStream.CompleteAsync();

        EchoReply reply = await call;
        Assert.Equal(("abc", 3), (reply.Text, reply.Requests));
    }

    [Fact(Timeout = LimitMs)]
    public async Task AsyncServerStreamingCall_ManyReplies_ArriveInOrder()
    {
        using AsyncServerStreamingCall<EchoReply> call = client.ServerStream(new EchoRequest { Replies = 200 });
        List<int> numbers = [];
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            numbers.Add(call.ResponseStream.Current.Requests);
        }

        Assert.Equal(Enumerable.Range(1, 200), numbers);
    }

    [Fact(Timeout = LimitMs)]
    public async Task AsyncDuplexStreamingCall_PingPong_AnswersEach()
    {
        using AsyncDuplexStreamingCall<EchoRequest, EchoReply> call = client.Duplex(Gzip);
        for (int i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Theory(Timeout = LimitMs)]
    [InlineData("identity")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task AsyncUnaryCall_FiftyMebibytes_ComeBackWhole(string encoding)
    {
        var bytes = new byte[50 * 1024 * 1024];
        new Random(5).NextBytes(bytes.AsSpan(0, 1024 * 1024));
        ByteString payload = UnsafeByteOperations.UnsafeWrap(bytes);

        EchoReply reply = await client.UnaryAsync(
            new EchoRequest { Payload = payload }, new Metadata { { "grpc-internal-encoding-request", encoding } });

        Assert.Equal(payload, reply.Payload);
    }

    [Fact(Timeout = LimitMs)]
    public async Task AsyncUnaryCall_RefusedWithDetails_ThrowsThem()
    {
        const string text = "no \"Grüße\" 🚀 100%\nhere";
        var request = new EchoRequest { Code = 5, Detail = text, Details = ByteString.CopyFrom(8, 5) };

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(request));

        Assert.Equal((StatusCode.NotFound, text), (thrown.StatusCode, thrown.Status.Detail));
        Assert.Equal([8, 5], thrown.Trailers.GetValueBytes("grpc-status-details-bin"));
    }

    [Fact(Timeout = LimitMs)]
    public async Task AsyncServerStreamingCall_FailsBehindReplies_GivesThemFirst()
    {
        using AsyncServerStreamingCall<EchoReply> call = client.ServerStream(new EchoRequest { Replies = 2, Code = 15 });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.DataLoss, thrown.StatusCode);
    }

    [Fact(Timeout = LimitMs)]
    public async Task AsyncClientStreamingCall_ServerEndsEarly_ThrowsItsStatus()
    {
        using AsyncClientStreamingCall<EchoRequest, EchoReply> call = client.ClientStream();
        await call.RequestStream.WriteAsync(new EchoRequest { Code = 10, Detail = "enough" });

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal(StatusCode.Aborted, thrown.StatusCode);
    }

    [Fact(Timeout = LimitMs)]
    public async Task AsyncUnaryCall_PastItsDeadline_IsDeadlineExceeded()
    {
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(
            async () => await client.UnaryAsync(new EchoRequest { DelayMs = 2000 }, deadline: DateTime.UtcNow.AddMilliseconds(300)));

        Assert.Equal(StatusCode.DeadlineExceeded, thrown.StatusCode);
    }

    [Fact(Timeout = LimitMs)]
    public async Task AsyncServerStreamingCall_Cancelled_ReachesTheServer()
    {
        int before = await CountCancelledAsync();
        using (AsyncServerStreamingCall<EchoReply> call = client.ServerStream(new EchoRequest { Replies = 100, DelayMs = 50 }))
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        }

        for (int round = 0; round < 100 && await CountCancelledAsync() == before; round++)
        {
            await Task.Delay(50);
        }

        Assert.True(await CountCancelledAsync() > before);
    }

    [Fact(Timeout = LimitMs)]
    public async Task AsyncUnaryCall_UnknownMethod_IsUnimplemented()
    {
        Marshaller<byte[]> same = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "appliance.tests.Echo", "Missing", same, same);

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(), []));

        Assert.Equal(StatusCode.Unimplemented, thrown.StatusCode);
    }

    private async Task<int> CountCancelledAsync() =>
        int.Parse((await client.UnaryAsync(new EchoRequest { Text = "cancelled?" })).Text);
}
