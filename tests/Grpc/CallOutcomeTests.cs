using Appliance.Tests.Grpc.Protos;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Appliance.Tests.Grpc;

public sealed class CallOutcomeTests : EchoServerTest
{
    private static readonly EchoRequest Long = new() { DelayMs = 60_000 };

    [Fact]
    public async Task Cancelled_ByItsToken_EndsBothSides()
    {
        using var source = new CancellationTokenSource();
        using AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(Long, cancellationToken: source.Token);
        await Server.Record.ReachedAsync(record => record.Begun == 1);

        source.Cancel();
        RpcException thrown = await RefusedAsync(call);

        Assert.Equal(StatusCode.Cancelled, thrown.StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await Server.Record.ReachedAsync(record => record is { Cancelled: 1, Ended: 1 });
    }

    [Fact]
    public async Task Cancelled_BeforeItBegins_SendsNothing()
    {
        RpcException thrown = await RefusedAsync(Client.UnaryAsync(new EchoRequest(), cancellationToken: new CancellationToken(true)));

        Assert.Equal(StatusCode.Cancelled, thrown.StatusCode);
        Assert.Equal(0, Server.Record.Begun);
    }

    [Fact]
    public async Task Disposed_BeforeItEnds_CancelsTheHandler()
    {
        AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(Long);
        await Server.Record.ReachedAsync(record => record.Begun == 1);

        call.Dispose();

        Assert.Equal(StatusCode.Cancelled, (await RefusedAsync(call)).StatusCode);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseHeadersAsync);
        await Server.Record.ReachedAsync(record => record is { Cancelled: 1, Ended: 1 });
    }

    [Fact]
    public async Task Disposed_AfterItsEnd_ChangesNothing()
    {
        AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(new EchoRequest());
        await call;

        call.Dispose();

        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Cancelled_ByTheTokenOfARead_EndsTheCall()
    {
        using AsyncServerStreamingCall<EchoReply> call = Client.ServerStream(Long);
        using var source = new CancellationTokenSource();
        Task<bool> reading = call.ResponseStream.MoveNext(source.Token);
        await Server.Record.ReachedAsync(record => record.Begun == 1);

        source.Cancel();
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(() => reading);

        Assert.Equal(StatusCode.Cancelled, thrown.StatusCode);
        await Server.Record.ReachedAsync(record => record is { Cancelled: 1, Ended: 1 });
    }

    [Fact]
    public async Task Cancelled_BlockedInAWrite_FreesTheWriter()
    {
        using var source = new CancellationTokenSource();
        using AsyncDuplexStreamingCall<EchoRequest, EchoReply> call = Client.Duplex(cancellationToken: source.Token);
        await call.RequestStream.WriteAsync(new EchoRequest { DelayMs = 60_000 });
        var large = new EchoRequest { Payload = Google.Protobuf.ByteString.CopyFrom(new byte[7_000_000]) };
        Task writing = call.RequestStream.WriteAsync(large);
        await Server.Record.ReachedAsync(record => record.Begun == 1);

        source.Cancel();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => writing)).StatusCode);
    }

    [Fact]
    public async Task ToException_WhereTheChannelWantsIt_IsOperationCanceled()
    {
        using GrpcChannel channel = Server.CreateChannel(new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = true });
        using var source = new CancellationTokenSource(100);

        await Assert.ThrowsAsync<OperationCanceledException>(
            async () => await new Echo.EchoClient(channel).UnaryAsync(Long, cancellationToken: source.Token));
    }

    [Fact]
    public async Task Closing_Channel_CancelsItsCalls()
    {
        AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(Long);
        await Server.Record.ReachedAsync(record => record.Begun == 1);

        Channel.Dispose();

        Assert.Equal(StatusCode.Cancelled, (await RefusedAsync(call)).StatusCode);
        Assert.Throws<ObjectDisposedException>(() => { Client.UnaryAsync(new EchoRequest()); });
    }
}
