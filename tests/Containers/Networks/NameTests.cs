using System.Diagnostics;
using System.Net;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Policies;

namespace Appliance.Tests.Containers.Networks;

public sealed class NameTests
{
    private const int NoError = 0;
    private const int ServerFailure = 2;
    private const int NoSuchName = 3;
    private const int Refused = 5;

    [NetworkFact]
    public async Task OpenContainer_AnyName_IsAskedOfTheHostsServers()
    {
        await using var host = new TestHost();
        NetworkPool pool = await StartAsync(host);
        await using TestNameServer server = Serve(host);
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);

        Assert.Equal((NoError, TestHost.OtherRemoteAddress), await AskAsync(container, "Api.Example.COM"));
        Assert.Equal((NoSuchName, null), await AskAsync(container, "nothing.example.com"));
        Assert.Equal(
            (NoError, TestHost.OtherRemoteAddress),
            await TestNameServer.AskByStreamAsync(container.NamespacePath, container.Gateway!, "api.example.com"));
    }

    [NetworkFact]
    public async Task AllowlistOfDomains_OnlyThose_AreKnownAndReached()
    {
        await using var host = new TestHost();
        NetworkPool pool = await StartAsync(host);
        await using TestNameServer server = Serve(host);
        await using var remote = new EchoServer(host.RemotePath, IPAddress.Any, 7000);
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Allow([], ["*.example.com"]));
        await IsolationTests.AssertRefusedAsync(container, TestHost.OtherRemoteAddress, 7000);

        Assert.Equal((NoSuchName, null), await AskAsync(container, "other.example.net"));
        Assert.Equal((NoSuchName, null), await AskAsync(container, "example.com"));
        Assert.Equal(0, server.AskedCount);
        Assert.Equal((NoError, TestHost.OtherRemoteAddress), await AskAsync(container, "api.example.com"));

        (await EchoServer.AskAsync(container.NamespacePath, new IPEndPoint(TestHost.OtherRemoteAddress, 7000))).Dispose();
        await IsolationTests.AssertRefusedAsync(container, TestHost.RemoteAddress, 7000);
    }

    [NetworkFact]
    public async Task SetPolicy_NameThatIsStillAllowed_StaysOpen()
    {
        await using var host = new TestHost();
        NetworkPool pool = await StartAsync(host);
        await using TestNameServer server = Serve(host);
        await using var remote = new EchoServer(host.RemotePath, IPAddress.Any, 7000);
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Allow([], ["api.example.com", "other.example.net"]));
        await AskAsync(container, "api.example.com");
        await AskAsync(container, "other.example.net");

        await pool.SetPolicyAsync("c1", NetworkPolicy.Allow([], ["*.example.com"]));

        (await EchoServer.AskAsync(container.NamespacePath, new IPEndPoint(TestHost.OtherRemoteAddress, 7000))).Dispose();
        await IsolationTests.AssertRefusedAsync(container, TestHost.RemoteAddress, 7000);
    }

    [NetworkFact]
    public async Task BlockedContainer_AnyName_IsRefused()
    {
        await using var host = new TestHost();
        NetworkPool pool = await StartAsync(host);
        await using TestNameServer server = Serve(host);
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Blocked);

        Assert.Equal((Refused, null), await AskAsync(container, "api.example.com"));
        Assert.Equal(0, server.AskedCount);
    }

    [NetworkFact]
    public async Task OpenContainer_HostWithoutServers_HearsItAtOnce()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        long start = Stopwatch.GetTimestamp();

        Assert.Equal((ServerFailure, null), await AskAsync(container, "api.example.com"));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1));
    }

    [NetworkFact]
    public async Task OpenContainer_ServerThatIsSilent_TheNextIsAsked()
    {
        await using var host = new TestHost();
        NetworkPool pool = await StartAsync(host, "198.51.100.9", "192.0.2.1", TestHost.RemoteAddress.ToString());
        await using TestNameServer server = Serve(host);
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);

        Assert.Equal((NoError, TestHost.OtherRemoteAddress), await AskAsync(container, "api.example.com"));
    }

    private static Task<(int Code, IPAddress? Address)> AskAsync(ContainerNetwork container, string name) =>
        TestNameServer.AskAsync(container.NamespacePath, container.Gateway!, name);

    private static TestNameServer Serve(TestHost host) => new(
        host.RemotePath, TestHost.RemoteAddress, ("api.example.com", TestHost.OtherRemoteAddress), ("other.example.net", TestHost.RemoteAddress));

    private static async Task<NetworkPool> StartAsync(TestHost host, params string[] servers)
    {
        await File.WriteAllLinesAsync(
            host.ResolverFile, (servers.Length > 0 ? servers : [TestHost.RemoteAddress.ToString()]).Select(server => $"nameserver {server}"));
        return await host.StartAsync();
    }
}
