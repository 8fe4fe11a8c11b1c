using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks.Connections;
using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Tunnels;

/// <summary>
/// Listens on a port of the host and passes what comes on to a port of a container, whatever the container's own
/// policy. Until it is disposed; then its connections end, too.
/// </summary>
public sealed class TunnelListener : IAsyncDisposable
{
    private readonly TunnelSettings settings;
    private readonly TunnelConnector connector;
    private readonly TimeProvider clock;
    private readonly Socket listener;
    private readonly AcceptLoop connections;
    private int openCount;

    private TunnelListener(TunnelSettings settings, TunnelConnector connector, Socket listener, TimeProvider clock)
    {
        this.settings = settings;
        this.connector = connector;
        this.listener = listener;
        this.clock = clock;
        connections = new AcceptLoop(listener, clock);
        connections.Start(IsWelcome, ServeAsync);
    }

    /// <summary>A connection has opened or closed; told with the number that is open then.</summary>
    public event Action<int>? OpenCountChanged;

    /// <summary>Where it listens, with the port that was picked.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndPoint!;

    public int OpenCount => Volatile.Read(ref openCount);

    public ValueTask DisposeAsync() => connections.DisposeAsync();

    /// <exception cref="ApplianceException">The port cannot be listened on; the text says why.</exception>
    internal static TunnelListener Open(TunnelSettings settings, TunnelConnector connector, TimeProvider clock)
    {
        if (settings.Kind != TunnelKind.Plain && settings.Certificate is null)
        {
            throw new ArgumentException("A tunnel with TLS needs a certificate.", nameof(settings));
        }

        try
        {
            return new TunnelListener(settings, connector, connector.Listen(settings.Listen), clock);
        }
        catch (SocketException failure)
        {
            throw new ApplianceException(
                failure.SocketErrorCode == SocketError.AddressAlreadyInUse ? ErrorKind.AlreadyExists : ErrorKind.FailedPrecondition,
                $"No tunnel to port {settings.ContainerPort}: '{settings.Listen}' cannot be listened on: {failure.Message}",
                failure);
        }
    }

    private bool IsWelcome(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        bool isKnown = settings.Clients?.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)) ?? true;
        return isKnown && OpenCount < settings.ConnectionsMax;
    }

    private async Task ServeAsync(Socket client, CancellationToken cancellation)
    {
        OpenCountChanged?.Invoke(Interlocked.Increment(ref openCount));
        try
        {
            await Task.Yield();
            await TunnelConnection.RelayAsync(client, settings, connector, clock, cancellation).ConfigureAwait(false);
        }
        finally
        {
            client.Dispose();
            OpenCountChanged?.Invoke(Interlocked.Decrement(ref openCount));
        }
    }
}
