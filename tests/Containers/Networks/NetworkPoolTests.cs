using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Filtering;
using Appliance.Containers.Networks.Policies;
using Appliance.Core.Errors;

namespace Appliance.Tests.Containers.Networks;

public sealed class NetworkPoolTests
{
    [NetworkFact]
    public async Task Rent_WarmPool_TakesOneThatIsReadyAndFillsUpAgain()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync(host.Settings with { WarmCount = 2 });
        await UntilAsync(() => pool.ReadyCount == 2);

        ContainerNetwork one = await pool.RentAsync("c1", NetworkPolicy.Open);
        ContainerNetwork two = await pool.RentAsync("c2", NetworkPolicy.Blocked);
        ContainerNetwork three = await pool.RentAsync("c3", NetworkPolicy.Open);

        Assert.Distinct([one.Address, two.Address, three.Address]);
        await UntilAsync(() => pool.ReadyCount == 2);
    }

    [NetworkFact]
    public async Task Rent_SameContainerTwice_IsRefusedAndLeavesTheFirst()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork first = await pool.RentAsync("c1", NetworkPolicy.Open);

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => pool.RentAsync("c1", NetworkPolicy.Open));

        Assert.Equal(ErrorKind.AlreadyExists, failure.Kind);
        Assert.Same(first, pool.Find("c1"));
        Assert.Same(first, pool.Find(first.Address!));
    }

    [NetworkFact]
    public async Task Release_ItsContainer_NothingIsLeft()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Allow(["203.0.113.0/24"], []));

        await pool.ReleaseAsync("c1");
        await pool.ReleaseAsync("c1");

        Assert.False(File.Exists(container.NamespacePath));
        Assert.Null(pool.Find("c1"));
        await UntilAsync(() => Interfaces(host).Length == 0);
        using FilterTable table = OpenTable(host);
        Assert.Empty(table.ListElements("policies"));
        Assert.DoesNotContain(table.ListChains(), chain => chain.StartsWith("allow-", StringComparison.Ordinal));
        Assert.DoesNotContain(table.ListSets(), set => set.StartsWith("allow-", StringComparison.Ordinal));
    }

    [NetworkFact]
    public async Task Adopt_AfterACrash_ConnectionsAndPolicyGoOn()
    {
        await using var host = new TestHost();
        NetworkPool crashed = await host.StartAsync();
        NetworkPolicy policy = NetworkPolicy.Allow(["203.0.113.0/24"], []);
        ContainerNetwork before = await crashed.RentAsync("c1", policy);
        await using var remote = new EchoServer(host.RemotePath, IPAddress.Any, 7000);
        using Socket connection = await EchoServer.AskAsync(before.NamespacePath, new IPEndPoint(TestHost.OtherRemoteAddress, 7000));

        NetworkPool pool = host.Open();
        await EchoServer.AskAsync(connection);
        ContainerNetwork? after = await pool.AdoptAsync("c1", policy);
        await pool.StartAsync();

        Assert.NotNull(after);
        Assert.Equal((before.Address, before.NamespacePath, before.Mtu), (after.Address, after.NamespacePath, after.Mtu));
        using (FilterTable table = OpenTable(host))
        {
            // The name server's port by two protocols, and not the one of the process before.
            Assert.Equal(2, table.ListElements("services").Count);
        }

        await EchoServer.AskAsync(connection);
        await IsolationTests.AssertRefusedAsync(after, TestHost.RemoteAddress, 7000);
        await pool.SetPolicyAsync("c1", NetworkPolicy.Open);
        (await EchoServer.AskAsync(after.NamespacePath, new IPEndPoint(TestHost.RemoteAddress, 7000))).Dispose();
    }

    [NetworkFact]
    public async Task Start_AfterACrash_WhatWasNotAdoptedIsSwept()
    {
        await using var host = new TestHost();
        NetworkPool crashed = await host.StartAsync(host.Settings with { WarmCount = 2 });
        await UntilAsync(() => crashed.ReadyCount == 2);
        await crashed.RentAsync("kept", NetworkPolicy.Open);
        ContainerNetwork lost = await crashed.RentAsync("lost", NetworkPolicy.Allow(["203.0.113.0/24"], []));
        using Socket holdsTheNamespace = TestHost.Open(lost.NamespacePath);
        await UntilAsync(() => crashed.ReadyCount == 2);

        NetworkPool pool = host.Open();
        ContainerNetwork? kept = await pool.AdoptAsync("kept", NetworkPolicy.Open);
        Assert.Null(await pool.AdoptAsync("nobody", NetworkPolicy.Open));
        await pool.StartAsync();

        Assert.Equal([kept!.HostInterface!], Interfaces(host));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(kept.NamespacePath)!));
        using FilterTable table = OpenTable(host);
        Assert.Single(table.ListElements("policies"));
        Assert.Null(await pool.AdoptAsync("lost", NetworkPolicy.Open));
    }

    [NetworkFact]
    public async Task RemoveAll_NetworksInUse_LeavesNothingBehind()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync(host.Settings with { WarmCount = 2 });
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        using Socket holdsTheNamespace = TestHost.Open(container.NamespacePath);
        Assert.Equal("1", Forwarding(host));

        await pool.RemoveAllAsync();

        Assert.Empty(Interfaces(host));
        Assert.Empty(Directory.GetFileSystemEntries(host.RunDirectory));
        Assert.Equal("0", Forwarding(host));
        using FilterTable table = OpenTable(host);
        Assert.False(table.Exists());
    }

    [NetworkFact]
    public async Task Upkeep_SomebodyClearsThePacketFilter_IsolationComesBack()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync(host.Settings with { UpkeepInterval = TimeSpan.FromMilliseconds(50) });
        ContainerNetwork one = await pool.RentAsync("c1", NetworkPolicy.Blocked);
        using FilterTable table = OpenTable(host);
        table.Remove();

        await UntilAsync(() => table.Exists() && table.ListElements("policies").Count == 1);

        await IsolationTests.AssertRefusedAsync(one, TestHost.RemoteAddress, 7000);
    }

    [NetworkFact]
    public async Task Open_TwoInstances_HaveSubnetsAndInterfacesOfTheirOwn()
    {
        await using var host = new TestHost();
        NetworkPool one = await host.StartAsync();
        await one.RentAsync("c1", NetworkPolicy.Open);
        NetworkPool two = await host.StartAsync(host.Settings with { Instance = "second", RunDirectory = host.RunDirectory + "2" });
        ContainerNetwork other = await two.RentAsync("c1", NetworkPolicy.Open);
        await using var remote = new EchoServer(host.RemotePath, TestHost.RemoteAddress, 7000);

        Assert.NotEqual(one.Subnet, two.Subnet);
        (await EchoServer.AskAsync(other.NamespacePath, remote.EndPoint)).Dispose();
        await using var server = new EchoServer(one.Find("c1")!.NamespacePath, IPAddress.Any, 7001);
        await Assert.ThrowsAnyAsync<Exception>(() => EchoServer.AskAsync(other.NamespacePath, new IPEndPoint(one.Find("c1")!.Address!, 7001)));
        Assert.Null(server.LastClient);
        await two.RemoveAllAsync();
    }

    private static FilterTable OpenTable(TestHost host) => host.Stack.Run(() => new FilterTable("appliance-test"));

    private static string[] Interfaces(TestHost host) =>
        [.. host.Stack.Routes.ListLinks().Select(link => link.Name).Where(name => name.StartsWith("apl", StringComparison.Ordinal))];

    private static string Forwarding(TestHost host) =>
        host.Stack.Run(() => File.ReadAllText("/proc/sys/net/ipv4/conf/uplink/forwarding").Trim());

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        for (int tries = 0; !isTrue(); tries++)
        {
            Assert.True(tries < 500, "waited for five seconds");
            await Task.Delay(10);
        }
    }
}
