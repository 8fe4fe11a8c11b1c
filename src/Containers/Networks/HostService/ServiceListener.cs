using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks.Connections;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Containers.Networks.Tunnels;

namespace Appliance.Containers.Networks.HostService;

/// <summary>
/// Passes what containers send to the gateway's <see cref="Port"/> on to a Unix socket of the host. Where it listens is
/// whichever port is free: the packet filter leads there what a container's policy lets through.
/// </summary>
internal sealed class ServiceListener : IAsyncDisposable
{
    /// <summary>As containers know it.</summary>
    public const ushort Port = 80;

    private const int ConnectionsMax = 1024;
    private const int ConnectionsMaxOfOne = 64;
    private readonly Socket listener;
    private readonly UnixDomainSocketEndPoint service;
    private readonly AcceptLoop connections;

    private ServiceListener(Socket listener, UnixDomainSocketEndPoint service, TimeProvider clock)
    {
        this.listener = listener;
        this.service = service;
        connections = new AcceptLoop(listener, clock);
    }

    public int ListenPort => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <param name="host">On whose side to listen.</param>
    /// <param name="address">The gateway's; the host need not have it yet.</param>
    /// <param name="service">The socket's path; nobody need listen there yet.</param>
    /// <param name="clock">For pauses.</param>
    /// <exception cref="SocketException">No port is free.</exception>
    public static ServiceListener Open(HostStack host, IPAddress address, string service, TimeProvider clock)
    {
        Socket listener = GatewaySocket.Bind(host.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), address, port: 0);
        listener.Listen();
        return new ServiceListener(listener, new UnixDomainSocketEndPoint(service), clock);
    }

    /// <param name="isContainer">Whose address is a container's. Others, such as neighbours that route packets here, are not served.</param>
    public void Start(Func<IPAddress, bool> isContainer) =>
        connections.Start(address => isContainer(address) && HasRoom(address), ServeAsync);

    public ValueTask DisposeAsync() => connections.DisposeAsync();

    private bool HasRoom(IPAddress container) =>
        connections.Count < ConnectionsMax && connections.CountOf(container) < ConnectionsMaxOfOne;

    private async Task ServeAsync(Socket client, CancellationToken cancellation)
    {
        await Task.Yield();
        try
        {
            StreamRelay.KeepAlive(client);
            using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await server.ConnectAsync(service, cancellation).ConfigureAwait(false);
            await using var outside = new NetworkStream(client, ownsSocket: false);
            await using var inside = new NetworkStream(server, ownsSocket: false);
            await StreamRelay.CopyBothAsync(outside, () => End(client), inside, () => End(server), cancellation).ConfigureAwait(false);
            client.Dispose();
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A reset tells the client that what it has is not all.
            client.Close(timeout: 0);
        }
    }

    private static Task End(Socket socket)
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }
}
