using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Links;
using Appliance.Containers.Networks.Namespaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Tests.Containers.Networks;

/// <summary>
/// A host in a network namespace of its own, with one uplink to a remote machine in another. Nothing of the real host's
/// network is touched.
/// </summary>
public sealed class TestHost : IAsyncDisposable
{
    public static readonly IPAddress HostAddress = IPAddress.Parse("198.51.100.1");
    public static readonly IPAddress RemoteAddress = IPAddress.Parse("198.51.100.2");
    public static readonly IPAddress OtherRemoteAddress = IPAddress.Parse("203.0.113.7");

    private const int Mtu = 1400;

    private readonly string directory = Directory.CreateTempSubdirectory("network-").FullName;
    private readonly List<NetworkPool> pools = [];

    public TestHost()
    {
        using NetworkNamespace host = NetworkNamespace.Create(HostPath);
        using NetworkNamespace remote = NetworkNamespace.Create(RemotePath);
        host.Routes.Execute("uplink", writer => writer.AddPair("uplink", remote.Handle, "wire", Mtu));
        SetUp(remote, "wire", HostAddress, RemoteAddress, OtherRemoteAddress);
        SetUp(host, "uplink", RemoteAddress, HostAddress);
        int uplink = host.Routes.FindLink("uplink")!.Index;
        host.Routes.Execute("default route", writer => writer.AddDefaultRoute(uplink, RemoteAddress));
        Stack = new HostStack(HostPath);
    }

    public HostStack Stack { get; }

    public string HostPath => Path.Combine(directory, "host");

    public string RemotePath => Path.Combine(directory, "remote");

    public string RunDirectory => Path.Combine(directory, "run");

    public string ResolverFile => Path.Combine(directory, "resolv.conf");

    public NetworkSettings Settings => new()
    {
        Instance = "test",
        RunDirectory = RunDirectory,
        HostNamespacePath = HostPath,
        ResolverFile = ResolverFile,
        WarmCount = 0,
    };

    /// <summary>A pool that is open; it may be left as a crash would leave it.</summary>
    public NetworkPool Open(NetworkSettings? settings = null)
    {
        NetworkPool pool = NetworkPool.Open(settings ?? Settings, NullLogger.Instance);
        pools.Add(pool);
        return pool;
    }

    public async Task<NetworkPool> StartAsync(NetworkSettings? settings = null)
    {
        NetworkPool pool = Open(settings);
        await pool.StartAsync();
        return pool;
    }

    public static Socket Open(string namespacePath, SocketType type = SocketType.Stream, AddressFamily family = AddressFamily.InterNetwork)
    {
        using var stack = new HostStack(namespacePath);
        return stack.OpenSocket(family, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
    }

    /// <summary>Has the remote machine send packets for containers to the host, as a hostile neighbour could.</summary>
    public void RouteFromRemote(IPNetwork subnet)
    {
        using NetworkNamespace remote = NetworkNamespace.Open(RemotePath);
        int wire = remote.Routes.FindLink("wire")!.Index;
        remote.Routes.Execute("route to containers", writer => writer.AddDefaultRoute(wire, HostAddress));
        Assert.NotNull(remote.Routes.ListRoutes().FirstOrDefault(route => route.Destination.Contains(subnet.BaseAddress)));
    }

    /// <summary>What a container's root could do, had it the right to.</summary>
    public static void AddAddressInside(ContainerNetwork network, IPAddress address)
    {
        using NetworkNamespace space = NetworkNamespace.Open(network.NamespacePath);
        int inside = space.Routes.FindLink("eth0")!.Index;
        space.Routes.Execute("add an address", writer => writer.AddAddress(inside, address));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NetworkPool pool in pools)
        {
            await pool.DisposeAsync();
        }

        await using (NetworkPool last = NetworkPool.Open(Settings, NullLogger.Instance))
        {
            await last.RemoveAllAsync();
        }

        Stack.Dispose();
        NetworkNamespace.Delete(HostPath);
        NetworkNamespace.Delete(RemotePath);
        Directory.Delete(directory, recursive: true);
    }

    private static void SetUp(NetworkNamespace space, string name, IPAddress neighbour, params IPAddress[] addresses)
    {
        int link = space.Routes.FindLink(name)!.Index;
        space.Routes.Execute($"set up {name}", writer =>
        {
            writer.SetUp(link, isForwarding: false);
            foreach (IPAddress address in addresses)
            {
                writer.AddAddress(link, address);
            }

            writer.AddNeighbourRoute(link, neighbour);
        });
    }
}
