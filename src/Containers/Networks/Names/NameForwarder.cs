using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks.HostService;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Names;

/// <summary>
/// The name server of all containers, at the gateway address. Its port is whichever is free: the packet filter leads
/// questions for port 53 there, so that another name server of the host is in nobody's way.
/// </summary>
internal sealed class NameForwarder : IAsyncDisposable
{
    private const int DatagramWorkers = 64;
    private const int StreamWorkers = 8;
    private const int DatagramBytesMax = 4096;
    private const int PortTriesMax = 20;
    private static readonly TimeSpan StreamTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource stop = new();
    private readonly Socket listener;
    private readonly Socket datagrams;
    private readonly TimeProvider clock;
    private Task serving = Task.CompletedTask;

    private NameForwarder(Socket listener, Socket datagrams, TimeProvider clock)
    {
        this.listener = listener;
        this.datagrams = datagrams;
        this.clock = clock;
    }

    /// <summary>Where it listens, by both protocols.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <param name="address">The gateway's; the host need not have it yet.</param>
    /// <exception cref="SocketException">No port is free.</exception>
    public static NameForwarder Open(HostStack host, IPAddress address, TimeProvider clock)
    {
        for (int attempt = 1; ; attempt++)
        {
            Socket listener = GatewaySocket.Bind(host.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), address, 0);
            try
            {
                int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
                Socket datagrams = GatewaySocket.Bind(host.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp), address, port);
                listener.Listen();
                return new NameForwarder(listener, datagrams, clock);
            }
            catch (SocketException) when (attempt < PortTriesMax)
            {
                listener.Dispose();
            }
        }
    }

    public void Start(NameDesk desk) => serving = Task.WhenAll(
    [
        .. Enumerable.Range(0, DatagramWorkers).Select(_ => Task.Run(() => ServeDatagramsAsync(desk))),
        .. Enumerable.Range(0, StreamWorkers).Select(_ => Task.Run(() => ServeStreamsAsync(desk))),
    ]);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        datagrams.Dispose();
        await serving.ConfigureAwait(false);
    }

    private async Task ServeDatagramsAsync(NameDesk desk)
    {
        byte[] buffer = new byte[DatagramBytesMax];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await datagrams
                    .ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), stop.Token).ConfigureAwait(false);
                IPAddress container = ((IPEndPoint)received.RemoteEndPoint).Address;
                byte[]? reply = await desk
                    .AnswerAsync(container, buffer.AsMemory(0, received.ReceivedBytes), ProtocolType.Udp, stop.Token).ConfigureAwait(false);
                if (reply is not null)
                {
                    await datagrams.SendToAsync(reply, SocketFlags.None, received.RemoteEndPoint, stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException or IOException or ApplianceException)
            {
                // This one container gets no answer and asks again; or the end has come.
            }
        }
    }

    private async Task ServeStreamsAsync(NameDesk desk)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using Socket connection = await listener.AcceptAsync(stop.Token).ConfigureAwait(false);
                using var timeout = new CancellationTokenSource(StreamTimeout, clock);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop.Token);
                await ServeStreamAsync(desk, connection, both.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException or IOException or ApplianceException)
            {
                // As above.
            }
        }
    }

    private static async Task ServeStreamAsync(NameDesk desk, Socket connection, CancellationToken cancellation)
    {
        IPAddress container = ((IPEndPoint)connection.RemoteEndPoint!).Address;
        while (await NameStream.ReadAsync(connection, cancellation).ConfigureAwait(false) is { } query)
        {
            if (await desk.AnswerAsync(container, query, ProtocolType.Tcp, cancellation).ConfigureAwait(false) is not { } reply)
            {
                return;
            }

            await NameStream.WriteAsync(connection, reply, cancellation).ConfigureAwait(false);
        }
    }
}
