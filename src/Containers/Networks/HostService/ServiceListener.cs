using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
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
    private const int KeepAliveSeconds = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<Task, IPAddress> serving = new();
    private readonly Socket listener;
    private readonly UnixDomainSocketEndPoint service;
    private readonly TimeProvider clock;
    private Task accepting = Task.CompletedTask;

    private ServiceListener(Socket listener, UnixDomainSocketEndPoint service, TimeProvider clock)
    {
        this.listener = listener;
        this.service = service;
        this.clock = clock;
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
    public void Start(Func<IPAddress, bool> isContainer) => accepting = Task.Run(() => AcceptAsync(isContainer));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        await accepting.ConfigureAwait(false);
        await Task.WhenAll(serving.Keys).ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task AcceptAsync(Func<IPAddress, bool> isContainer)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await listener.AcceptAsync(stop.Token).ConfigureAwait(false);
                IPAddress container = ((IPEndPoint)client.RemoteEndPoint!).Address;
                if (!isContainer(container) || !HasRoom(container))
                {
                    client.Close(timeout: 0);
                    continue;
                }

                Task connection = ServeAsync(client);
                serving[connection] = container;
                _ = connection.ContinueWith(
                    ended => serving.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (SocketException) when (!stop.IsCancellationRequested)
            {
                // Out of open files, or the client gave up; both pass.
                await Task.Delay(Pause, clock, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private bool HasRoom(IPAddress container) =>
        serving.Count < ConnectionsMax && serving.Values.Count(container.Equals) < ConnectionsMaxOfOne;

    private async Task ServeAsync(Socket client)
    {
        await Task.Yield();
        try
        {
            client.NoDelay = true;
            client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await server.ConnectAsync(service, stop.Token).ConfigureAwait(false);
            await RelayAsync(client, server).ConfigureAwait(false);
            client.Dispose();
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A reset tells the client that what it has is not all.
            client.Close(timeout: 0);
        }
    }

    private async Task RelayAsync(Socket client, Socket server)
    {
        await using var outside = new NetworkStream(client, ownsSocket: false);
        await using var inside = new NetworkStream(server, ownsSocket: false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        Task toServer = StreamRelay.CopyAsync(outside, inside, () => End(server), ending.Token);
        Task toClient = StreamRelay.CopyAsync(inside, outside, () => End(client), ending.Token);
        Task first = await Task.WhenAny(toServer, toClient).ConfigureAwait(false);
        if (!first.IsCompletedSuccessfully)
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(toServer, toClient).ConfigureAwait(false);
    }

    private static Task End(Socket socket)
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }
}
