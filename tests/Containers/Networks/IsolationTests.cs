using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Policies;

namespace Appliance.Tests.Containers.Networks;

public sealed class IsolationTests
{
    [NetworkFact]
    public async Task OpenContainer_RemoteMachine_IsReachedWithTheHostsAddress()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        await using var remote = new EchoServer(host.RemotePath, TestHost.RemoteAddress);

        (await EchoServer.AskAsync(container.NamespacePath, remote.EndPoint)).Dispose();

        Assert.Equal(TestHost.HostAddress, remote.LastClient);
        Assert.Equal(1400, container.Mtu);
    }

    [NetworkFact]
    public async Task Container_ItsOwnLoopback_Works()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Blocked);
        await using var local = new EchoServer(container.NamespacePath, IPAddress.Loopback, 80);

        (await EchoServer.AskAsync(container.NamespacePath, local.EndPoint)).Dispose();
    }

    [NetworkFact]
    public async Task Container_AnotherContainer_IsRefused()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork one = await pool.RentAsync("c1", NetworkPolicy.Open);
        ContainerNetwork two = await pool.RentAsync("c2", NetworkPolicy.Open);
        await using var server = new EchoServer(two.NamespacePath, IPAddress.Any, 7000);

        await AssertRefusedAsync(one, two.Address!, 7000);
        await AssertRefusedAsync(one, pool.Subnet.BaseAddress, 7000);
    }

    [NetworkFact]
    public async Task Container_HostsServices_AreRefused()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        await using var everywhere = new EchoServer(host.HostPath, IPAddress.Any, 7000);

        await AssertRefusedAsync(container, container.Gateway!, 7000);
        await AssertRefusedAsync(container, TestHost.HostAddress, 7000);
        await AssertRefusedAsync(container, IPAddress.Loopback, 7000);
    }

    [NetworkFact]
    public async Task Container_MetadataAddress_IsRefusedEvenWhenListed()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork open = await pool.RentAsync("c1", NetworkPolicy.Open);
        ContainerNetwork listed = await pool.RentAsync("c2", NetworkPolicy.Allow(["169.254.169.254/32", "198.51.100.0/24"], []));

        await AssertRefusedAsync(open, IPAddress.Parse("169.254.169.254"), 80);
        await AssertRefusedAsync(listed, IPAddress.Parse("169.254.169.254"), 80);
    }

    [NetworkFact]
    public async Task RemoteMachine_Container_IsNotReached()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        await using var server = new EchoServer(container.NamespacePath, IPAddress.Any, 7000);
        host.RouteFromRemote(pool.Subnet);

        await Assert.ThrowsAnyAsync<Exception>(() => EchoServer.AskAsync(host.RemotePath, new IPEndPoint(container.Address!, 7000)));
        Assert.Null(server.LastClient);
    }

    [NetworkFact]
    public async Task Container_AForeignSourceAddress_IsDropped()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork one = await pool.RentAsync("c1", NetworkPolicy.Blocked);
        ContainerNetwork two = await pool.RentAsync("c2", NetworkPolicy.Open);
        await using var remote = new EchoServer(host.RemotePath, TestHost.RemoteAddress);
        TestHost.AddAddressInside(one, two.Address!);

        using Socket socket = TestHost.Open(one.NamespacePath);
        socket.Bind(new IPEndPoint(two.Address!, 0));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await socket.ConnectAsync(remote.EndPoint, timeout.Token));
        Assert.Null(remote.LastClient);
    }

    internal static async Task AssertRefusedAsync(ContainerNetwork container, IPAddress address, int port)
    {
        SocketException refusal = await Assert.ThrowsAsync<SocketException>(
            () => EchoServer.AskAsync(container.NamespacePath, new IPEndPoint(address, port)));
        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
    }
}
