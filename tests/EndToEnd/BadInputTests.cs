using System.Net;
using System.Net.Sockets;
using Appliance.Protos.Modal;

namespace Appliance.Tests.EndToEnd;

/// <summary>What a hostile or broken peer can send: the server stays, its memory comes back, others notice nothing.</summary>
public sealed class BadInputTests
{
    private const long MemoryGrowthBytesMax = 150L * 1024 * 1024;

    [Fact]
    public async Task Ports_WithRandomBytes_StayUp()
    {
        var random = new Random(4_711);
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        for (int round = 0; round < 200; round++)
        {
            byte[] noise = new byte[random.Next(1, 4096)];
            random.NextBytes(noise);
            byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
            await SendAsync(server.Status.Grpc.Address, round % 2 == 0 ? noise : [.. preface, .. noise]);
            await SendAsync(server.Status.Http.Address, noise);
        }

        await ShouldServeAsync(server);
        (int exitStatus, string log) = await server.StopAsync();
        Assert.Equal(0, exitStatus);
        Assert.DoesNotContain(" error ", log);
    }

    [Fact]
    public async Task Ports_WithTenThousandConnectionsOpenedAndDropped_GiveTheirMemoryBack()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        await ShouldServeAsync(server);
        long before = ResidentBytes(server.Pid);
        for (int batch = 0; batch < 50; batch++)
        {
            Socket[] sockets = await Task.WhenAll(Enumerable.Range(0, 200).Select(index =>
                ConnectAsync(index % 2 == 0 ? server.Status.Grpc.Address : server.Status.Http.Address)));
            await ShouldServeAsync(server);
            foreach (Socket socket in sockets)
            {
                socket.Dispose();
            }
        }

        await ShouldServeAsync(server);
        Assert.InRange(ResidentBytes(server.Pid) - before, long.MinValue, MemoryGrowthBytesMax);
    }

    [Fact]
    public async Task Ports_WithSlowSenders_ServeEverybodyElse()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        var slow = new List<Socket>();
        for (int index = 0; index < 300; index++)
        {
            Socket socket = await ConnectAsync(index % 2 == 0 ? server.Status.Grpc.Address : server.Status.Http.Address);
            await socket.SendAsync(index % 2 == 0 ? "PRI * HT"u8.ToArray() : "GET /healthz HT"u8.ToArray());
            slow.Add(socket);
        }

        await ShouldServeAsync(server);
        slow.ForEach(socket => socket.Dispose());
        await ShouldServeAsync(server);
    }

    private static async Task ShouldServeAsync(PublishedAppliance server)
    {
        TokenInfoGetResponse info = await new ModalClient.ModalClientClient(server.Channel).TokenInfoGetAsync(
            new TokenInfoGetRequest(), server.Credentials, DateTime.UtcNow.AddSeconds(20));
        Assert.Equal("appliance", info.WorkspaceName);
        using var http = new HttpClient();
        Assert.Equal("ok\n", await http.GetStringAsync($"{server.Status.Http.Url}/healthz"));
    }

    private static async Task SendAsync(string address, byte[] bytes)
    {
        using Socket socket = await ConnectAsync(address);
        try
        {
            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
            await socket.ReceiveAsync(new byte[1024]).WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (SocketException)
        {
            // The server may close on us at any point; that is its right.
        }
    }

    private static async Task<Socket> ConnectAsync(string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(address));
        return socket;
    }

    private static long ResidentBytes(int pid) => 1024 * long.Parse(
        File.ReadAllLines($"/proc/{pid}/status").Single(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
}
