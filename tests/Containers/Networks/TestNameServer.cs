using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Appliance.Tests.Containers.Networks;

/// <summary>A name server in a network namespace that knows a few addresses, by datagram and by connection.</summary>
public sealed class TestNameServer : IAsyncDisposable
{
    private const int Port = 53;

    private readonly Socket datagrams;
    private readonly Socket listener;
    private readonly Dictionary<string, IPAddress> names;
    private readonly Task serving;
    private int asked;

    public TestNameServer(string namespacePath, IPAddress address, params (string Name, IPAddress Address)[] names)
    {
        this.names = names.ToDictionary(pair => pair.Name, pair => pair.Address);
        datagrams = TestHost.Open(namespacePath, SocketType.Dgram);
        datagrams.Bind(new IPEndPoint(address, Port));
        listener = TestHost.Open(namespacePath);
        listener.Bind(new IPEndPoint(address, Port));
        listener.Listen();
        serving = Task.WhenAll(ServeDatagramsAsync(), ServeStreamsAsync());
    }

    public int AskedCount => asked;

    public async ValueTask DisposeAsync()
    {
        datagrams.Dispose();
        listener.Dispose();
        await serving;
    }

    /// <summary>Asks for a name's address from inside a namespace.</summary>
    /// <returns>The reply's code, and the address when there is one.</returns>
    public static async Task<(int Code, IPAddress? Address)> AskAsync(string namespacePath, IPAddress server, string name)
    {
        using Socket socket = TestHost.Open(namespacePath, SocketType.Dgram);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(6));
        await socket.ConnectAsync(new IPEndPoint(server, Port), timeout.Token);
        await socket.SendAsync(Query(name), timeout.Token);
        byte[] reply = new byte[512];
        int length = await socket.ReceiveAsync(reply, timeout.Token);
        return Read(reply.AsSpan(0, length));
    }

    public static async Task<(int Code, IPAddress? Address)> AskByStreamAsync(string namespacePath, IPAddress server, string name)
    {
        using Socket socket = TestHost.Open(namespacePath);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(6));
        await socket.ConnectAsync(new IPEndPoint(server, Port), timeout.Token);
        byte[] query = Query(name);
        await socket.SendAsync((byte[])[0, (byte)query.Length, .. query], timeout.Token);
        byte[] reply = new byte[512];
        int length = 0;
        while (length < 2 || length < reply[1] + 2)
        {
            length += await socket.ReceiveAsync(reply.AsMemory(length), timeout.Token);
        }

        return Read(reply.AsSpan(2, length - 2));
    }

    public static byte[] Query(string name)
    {
        var message = new List<byte> { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (string label in name.Split('.'))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.AddRange([0, 0, 1, 0, 1]);
        return [.. message];
    }

    private static (int Code, IPAddress? Address) Read(ReadOnlySpan<byte> reply)
    {
        Assert.Equal([0x12, 0x34], reply[..2].ToArray());
        return (reply[3] & 0xF, reply[7] > 0 ? new IPAddress(reply[^4..]) : null);
    }

    private byte[] Answer(ReadOnlySpan<byte> query)
    {
        Interlocked.Increment(ref asked);
        var name = new StringBuilder();
        int offset = 12;
        for (; query[offset] != 0; offset += query[offset] + 1)
        {
            name.Append(name.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(query.Slice(offset + 1, query[offset])));
        }

        byte[] reply = query[..(offset + 5)].ToArray();
        reply[2] |= 0x80;
        if (!names.TryGetValue(name.ToString().ToLowerInvariant(), out IPAddress? address))
        {
            reply[3] = 3;
            return reply;
        }

        reply[7] = 1;
        return [.. reply, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, .. address.GetAddressBytes()];
    }

    private async Task ServeDatagramsAsync()
    {
        byte[] buffer = new byte[512];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await datagrams.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                await datagrams.SendToAsync(Answer(buffer.AsSpan(0, received.ReceivedBytes)), received.RemoteEndPoint);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeStreamsAsync()
    {
        try
        {
            while (true)
            {
                using Socket connection = await listener.AcceptAsync();
                byte[] buffer = new byte[512];
                int length = await connection.ReceiveAsync(buffer);
                byte[] reply = Answer(buffer.AsSpan(2, length - 2));
                await connection.SendAsync((byte[])[0, (byte)reply.Length, .. reply]);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
