using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Policies;
using Appliance.Core.Errors;

namespace Appliance.Tests.Containers.Networks;

public sealed class PolicyTests
{
    [NetworkFact]
    public async Task Blocked_RemoteMachine_IsRefused()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Blocked);
        await using var remote = new EchoServer(host.RemotePath, TestHost.RemoteAddress, 7000);

        await IsolationTests.AssertRefusedAsync(container, TestHost.RemoteAddress, 7000);
    }

    [NetworkFact]
    public async Task AllowlistOfNetworks_OnlyThose_AreReached()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Allow(["203.0.113.0/24", "203.0.113.0/28"], []));
        await using var remote = new EchoServer(host.RemotePath, IPAddress.Any, 7000);

        (await EchoServer.AskAsync(container.NamespacePath, new IPEndPoint(TestHost.OtherRemoteAddress, 7000))).Dispose();
        await IsolationTests.AssertRefusedAsync(container, TestHost.RemoteAddress, 7000);
    }

    [NetworkFact]
    public async Task AllowlistOfManyThousandNetworks_TheLast_IsReached()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        IEnumerable<string> many = Enumerable.Range(0, 40_000).Select(number => $"{100 + (number >> 15)}.{(number >> 7) & 255}.{number & 127}.0/25");
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Allow([.. many, "203.0.113.7/32"], []));
        await using var remote = new EchoServer(host.RemotePath, IPAddress.Any, 7000);

        (await EchoServer.AskAsync(container.NamespacePath, new IPEndPoint(TestHost.OtherRemoteAddress, 7000))).Dispose();
        await IsolationTests.AssertRefusedAsync(container, TestHost.RemoteAddress, 7000);
    }

    [NetworkFact]
    public async Task SetPolicy_OpenConnectionThatIsNotAllowedAnyMore_IsCutWhileItOnlyWaits()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        await using var remote = new EchoServer(host.RemotePath, IPAddress.Any, 7000);
        using Socket kept = await EchoServer.AskAsync(container.NamespacePath, new IPEndPoint(TestHost.OtherRemoteAddress, 7000));
        using Socket cut = await EchoServer.AskAsync(container.NamespacePath, new IPEndPoint(TestHost.RemoteAddress, 7000));
        Task<int> waiting = cut.ReceiveAsync(new byte[1]);

        await pool.SetPolicyAsync("c1", NetworkPolicy.Allow(["203.0.113.0/24"], []));

        await EchoServer.AskAsync(kept);
        await Assert.ThrowsAsync<SocketException>(async () => await waiting.WaitAsync(TimeSpan.FromSeconds(5)));
        await IsolationTests.AssertRefusedAsync(container, TestHost.RemoteAddress, 7000);

        await pool.SetPolicyAsync("c1", NetworkPolicy.Open);
        (await EchoServer.AskAsync(container.NamespacePath, new IPEndPoint(TestHost.RemoteAddress, 7000))).Dispose();
        await EchoServer.AskAsync(kept);
    }

    [NetworkFact]
    public async Task SetPolicy_Blocked_DatagramsFromOutsideArriveNoMore()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        using Socket remote = TestHost.Open(host.RemotePath, SocketType.Dgram);
        remote.Bind(new IPEndPoint(TestHost.RemoteAddress, 7000));
        using Socket inside = TestHost.Open(container.NamespacePath, SocketType.Dgram);
        await inside.SendToAsync(new byte[1], new IPEndPoint(TestHost.RemoteAddress, 7000));
        SocketReceiveFromResult heard = await remote.ReceiveFromAsync(new byte[1], new IPEndPoint(IPAddress.Any, 0));
        await remote.SendToAsync(new byte[1], heard.RemoteEndPoint);
        await inside.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(5));

        await pool.SetPolicyAsync("c1", NetworkPolicy.Blocked);

        await remote.SendToAsync(new byte[1], heard.RemoteEndPoint);
        await Assert.ThrowsAsync<TimeoutException>(() => inside.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(0.5)));
    }

    [NetworkFact]
    public async Task SetPolicy_UnknownContainer_IsNotFound()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => pool.SetPolicyAsync("nobody", NetworkPolicy.Open));
        Assert.Equal(ErrorKind.NotFound, failure.Kind);
    }
}
