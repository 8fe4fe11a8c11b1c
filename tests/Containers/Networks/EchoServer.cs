using System.Net;
using System.Net.Sockets;

namespace Appliance.Tests.Containers.Networks;

/// <summary>Sends back what it gets, in a network namespace of its own choice; remembers who asked.</summary>
public sealed class EchoServer : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly List<Socket> connections = [];
    private readonly Task accepting;

    public EchoServer(string namespacePath, IPAddress address, int port = 0)
    {
        listener = TestHost.Open(namespacePath, family: address.AddressFamily);
        listener.Bind(new IPEndPoint(address, port));
        listener.Listen();
        accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndPoint!;

    public IPAddress? LastClient { get; private set; }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        connections.ForEach(connection => connection.Dispose());
        await accepting;
    }

    /// <summary>Connects from a namespace, says something and hears it back.</summary>
    public static async Task<Socket> AskAsync(string namespacePath, IPEndPoint target)
    {
        Socket socket = TestHost.Open(namespacePath, family: target.AddressFamily);
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            await socket.ConnectAsync(target, timeout.Token);
            await AskAsync(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task AskAsync(Socket socket)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await socket.SendAsync("hello"u8.ToArray(), timeout.Token);
        byte[] answer = new byte[16];
        int length = await socket.ReceiveAsync(answer, timeout.Token);
        Assert.Equal("hello", System.Text.Encoding.ASCII.GetString(answer, 0, length));
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                Socket connection = await listener.AcceptAsync();
                LastClient = ((IPEndPoint)connection.RemoteEndPoint!).Address;
                connections.Add(connection);
                serving.Add(ServeAsync(connection));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private static async Task ServeAsync(Socket connection)
    {
        try
        {
            byte[] buffer = new byte[4096];
            int length;
            while ((length = await connection.ReceiveAsync(buffer)) > 0)
            {
                await connection.SendAsync(buffer.AsMemory(0, length));
            }

            connection.Shutdown(SocketShutdown.Send);
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The other side has gone, or the test is over.
        }
    }
}
