using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Policies;

namespace Appliance.Tests.Containers.Networks;

/// <summary>The one service of the host that containers reach.</summary>
public sealed class HostServiceTests : IAsyncDisposable
{
    private const int Port = 80;

    private readonly TestHost host = new();
    private readonly Socket service = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task serving;

    public HostServiceTests()
    {
        service.Bind(new UnixDomainSocketEndPoint(SocketPath));
        service.Listen();
        serving = ServeAsync();
    }

    private NetworkSettings Settings => host.Settings with { ServiceSocket = SocketPath };

    private string SocketPath { get; } = Path.Combine(Path.GetTempPath(), $"service-{Guid.NewGuid():N}.sock");

    public async ValueTask DisposeAsync()
    {
        service.Dispose();
        await serving;
        await host.DisposeAsync();
        File.Delete(SocketPath);
    }

    [NetworkFact]
    public async Task OpenContainer_ServiceAtTheGateway_IsReached()
    {
        NetworkPool pool = await host.StartAsync(Settings);
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        Assert.Equal(container.Gateway, pool.ServiceAddress);
        Assert.Equal("you said: hello", await AskAsync(container));
    }

    [NetworkFact]
    public async Task OpenContainer_OtherPortsOfTheHost_AreRefused()
    {
        NetworkPool pool = await host.StartAsync(Settings);
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        await using var other = new EchoServer(host.HostPath, IPAddress.Any, 7000);
        await using var web = new EchoServer(host.HostPath, TestHost.HostAddress, Port);
        await IsolationTests.AssertRefusedAsync(container, container.Gateway!, 7000);
        await IsolationTests.AssertRefusedAsync(container, TestHost.HostAddress, Port);
        Assert.Null(web.LastClient);
    }

    [NetworkFact]
    public async Task BlockedContainer_Service_IsRefused()
    {
        NetworkPool pool = await host.StartAsync(Settings);
        ContainerNetwork blocked = await pool.RentAsync("c1", NetworkPolicy.Blocked);
        await IsolationTests.AssertRefusedAsync(blocked, blocked.Gateway!, Port);
        await pool.SetPolicyAsync("c1", NetworkPolicy.Open);
        Assert.Equal("you said: hello", await AskAsync(blocked));
    }

    [NetworkFact]
    public async Task AllowlistedContainer_Service_IsReachedIfItsAddressIsListed()
    {
        NetworkPool pool = await host.StartAsync(Settings);
        ContainerNetwork without = await pool.RentAsync("c1", NetworkPolicy.Allow(["203.0.113.0/24"], ["example.com"]));
        ContainerNetwork with = await pool.RentAsync("c2", NetworkPolicy.Allow([$"{pool.ServiceAddress}/32"], []));
        await IsolationTests.AssertRefusedAsync(without, without.Gateway!, Port);
        Assert.Equal("you said: hello", await AskAsync(with));
    }

    [NetworkFact]
    public async Task RemoteMachine_AnyPortOfTheGateway_IsNotServed()
    {
        NetworkPool pool = await host.StartAsync(Settings);
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        Assert.Equal("you said: hello", await AskAsync(container));
        host.RouteFromRemote(pool.Subnet);
        await Assert.ThrowsAnyAsync<Exception>(() => EchoServer.AskAsync(host.RemotePath, new IPEndPoint(container.Gateway!, Port)));
        foreach (int port in ListeningPorts(container.Gateway!))
        {
            Assert.Equal("", await AskInVainAsync(host.RemotePath, new IPEndPoint(container.Gateway!, port)));
            Assert.Equal("", await AskInVainAsync(host.HostPath, new IPEndPoint(container.Gateway!, port)));
        }
    }

    [NetworkFact]
    public async Task NextProcess_SameAddress_LeadsToItsListener()
    {
        NetworkPool first = await host.StartAsync(Settings);
        ContainerNetwork container = await first.RentAsync("c1", NetworkPolicy.Open);
        await first.DisposeAsync();
        NetworkPool second = host.Open(Settings);
        await second.AdoptAsync("c1", NetworkPolicy.Open);
        await second.StartAsync();
        Assert.Equal("you said: hello", await AskAsync(container));
    }

    [NetworkFact]
    public async Task NoService_ItsPort_IsRefused()
    {
        NetworkPool pool = await host.StartAsync();
        ContainerNetwork container = await pool.RentAsync("c1", NetworkPolicy.Open);
        Assert.Null(pool.ServiceAddress);
        await IsolationTests.AssertRefusedAsync(container, container.Gateway!, Port);
    }

    /// <summary>Says all it has to say, and still hears the answer.</summary>
    private static Task<string> AskAsync(ContainerNetwork container) => AskAsync(container.NamespacePath, new IPEndPoint(container.Gateway!, Port));

    private static async Task<string> AskAsync(string namespacePath, IPEndPoint target)
    {
        using Socket socket = TestHost.Open(namespacePath);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await socket.ConnectAsync(target, timeout.Token);
        await socket.SendAsync("hello"u8.ToArray(), timeout.Token);
        using var reader = new StreamReader(new NetworkStream(socket));
        socket.Shutdown(SocketShutdown.Send);
        return await reader.ReadToEndAsync(timeout.Token);
    }

    private static async Task<string> AskInVainAsync(string namespacePath, IPEndPoint target)
    {
        try
        {
            return await AskAsync(namespacePath, target);
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
        {
            return "";
        }
    }

    private IReadOnlyList<int> ListeningPorts(IPAddress address)
    {
        string prefix = $"{BitConverter.ToUInt32(address.GetAddressBytes()):X8}:";
        string[] lines = host.Stack.Run(() => File.ReadAllLines("/proc/thread-self/net/tcp"));
        int[] ports = [.. lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words[1].StartsWith(prefix, StringComparison.Ordinal) && words[3] == "0A")
            .Select(words => int.Parse(words[1][prefix.Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        Assert.NotEmpty(ports);
        return ports;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using Socket connection = await service.AcceptAsync();
                await using var stream = new NetworkStream(connection);
                using var reader = new StreamReader(stream);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"you said: {await reader.ReadToEndAsync()}"));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
