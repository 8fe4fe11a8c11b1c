using Appliance.Tests.Grpc.Protos;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Appliance.Tests.Grpc;

/// <summary>A fresh echo server and a client of it for each test.</summary>
public abstract class EchoServerTest : IAsyncLifetime
{
    protected EchoServer Server { get; private set; } = null!;

    protected GrpcChannel Channel { get; private set; } = null!;

    protected Echo.EchoClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await StartAsync();
        Channel = Server.CreateChannel();
        Client = new Echo.EchoClient(Channel);
    }

    public async Task DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
    }

    protected virtual Task<EchoServer> StartAsync() => EchoServer.StartAsync();

    protected static Task<RpcException> RefusedAsync<T>(AsyncUnaryCall<T> call) =>
        Assert.ThrowsAsync<RpcException>(async () => await call);
}
