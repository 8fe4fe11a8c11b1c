using System.Net.Sockets;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Policies;
using Appliance.Containers.Networks.Wires;

namespace Appliance.Tests.Containers.Networks;

/// <summary>The wires of clusters: who reaches whom, and what is left of them.</summary>
public sealed class WireTests
{
    private const string Cluster = "cl-one";

    [NetworkFact]
    public async Task Members_ReachEachOther_WhateverTheirPolicy_AndStrangersReachNobody()
    {
        await using var host = new TestHost();
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork first = await JoinAsync(pool, "c1", new WirePlace(Cluster, 0), NetworkPolicy.Blocked);
        ContainerNetwork second = await JoinAsync(pool, "c2", new WirePlace(Cluster, 1), NetworkPolicy.Open);
        ContainerNetwork ofAnother = await JoinAsync(pool, "c3", new WirePlace("cl-two", 0), NetworkPolicy.Open);
        ContainerNetwork alone = await pool.RentAsync("c4", NetworkPolicy.Open);
        await using var server = new EchoServer(first.NamespacePath, WireAddresses.Of(Cluster, 0), 7000);
        await using var other = new EchoServer(second.NamespacePath, WireAddresses.Of(Cluster, 1), 7001);

        (await EchoServer.AskAsync(second.NamespacePath, server.EndPoint)).Dispose();
        Assert.Equal(WireAddresses.Of(Cluster, 1), server.LastClient);
        (await EchoServer.AskAsync(first.NamespacePath, other.EndPoint)).Dispose();

        foreach (string stranger in new[] { ofAnother.NamespacePath, alone.NamespacePath, host.HostPath })
        {
            Exception refusal = await Assert.ThrowsAnyAsync<Exception>(() => EchoServer.AskAsync(stranger, server.EndPoint));
            Assert.True(refusal is SocketException or OperationCanceledException, refusal.ToString());
        }
    }

    [NetworkFact]
    public async Task AWire_OutlivesTheServer_AndGoesWithItsLastContainer()
    {
        await using var host = new TestHost();
        NetworkPool before = await host.StartAsync();
        ContainerNetwork first = await JoinAsync(before, "c1", new WirePlace(Cluster, 0), NetworkPolicy.Open);
        ContainerNetwork second = await JoinAsync(before, "c2", new WirePlace(Cluster, 1), NetworkPolicy.Open);
        await JoinAsync(before, "c3", new WirePlace("cl-two", 0), NetworkPolicy.Open);

        NetworkPool after = host.Open();
        Assert.NotNull(await after.AdoptAsync("c1", NetworkPolicy.Open, Cluster));
        Assert.NotNull(await after.AdoptAsync("c2", NetworkPolicy.Open, Cluster));
        await after.StartAsync();

        Assert.Equal([$"wire-{Cluster}"], ListWires(host));
        await using (var server = new EchoServer(first.NamespacePath, WireAddresses.Of(Cluster, 0), 7000))
        {
            (await EchoServer.AskAsync(second.NamespacePath, server.EndPoint)).Dispose();
        }

        await after.ReleaseAsync("c1");
        Assert.Single(ListWires(host));
        await after.ReleaseAsync("c2");
        Assert.Empty(ListWires(host));
    }

    private static async Task<ContainerNetwork> JoinAsync(NetworkPool pool, string container, WirePlace place, NetworkPolicy policy)
    {
        ContainerNetwork network = await pool.RentAsync(container, policy);
        await pool.JoinAsync(container, place);
        return network;
    }

    private static string[] ListWires(TestHost host) =>
        [.. Directory.EnumerateFiles(Path.Combine(host.RunDirectory, "netns"), "wire-*").Select(path => Path.GetFileName(path))];
}
