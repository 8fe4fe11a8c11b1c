using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Tunnels;

/// <summary>
/// Listens on a port of the host and passes what comes on to a port of a container, whatever the container's own
/// policy. Until it is disposed; then its connections end, too.
/// </summary>
public sealed class TunnelListener : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<Task, bool> serving = new();
    private readonly TunnelSettings settings;
    private readonly TunnelConnector connector;
    private readonly TimeProvider clock;
    private readonly Socket listener;
    private readonly Task accepting;
    private int openCount;

    private TunnelListener(TunnelSettings settings, TunnelConnector connector, Socket listener, TimeProvider clock)
    {
        this.settings = settings;
        this.connector = connector;
        this.listener = listener;
        this.clock = clock;
        accepting = Task.Run(AcceptAsync);
    }

    /// <summary>A connection has opened or closed; told with the number that is open then.</summary>
    public event Action<int>? OpenCountChanged;

    /// <summary>Where it listens, with the port that was picked.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndPoint!;

    public int OpenCount => Volatile.Read(ref openCount);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        await accepting.ConfigureAwait(false);
        await Task.WhenAll(serving.Keys).ConfigureAwait(false);
    }

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

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await listener.AcceptAsync(stop.Token).ConfigureAwait(false);
                if (!IsWelcome(client))
                {
                    client.Close(timeout: 0);
                    continue;
                }

                Task connection = ServeAsync(client);
                serving[connection] = true;
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

    private bool IsWelcome(Socket client)
    {
        IPAddress address = ((IPEndPoint)client.RemoteEndPoint!).Address;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        bool isKnown = settings.Clients?.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)) ?? true;
        return isKnown && OpenCount < settings.ConnectionsMax;
    }

    private async Task ServeAsync(Socket client)
    {
        OpenCountChanged?.Invoke(Interlocked.Increment(ref openCount));
        try
        {
            await Task.Yield();
            await TunnelConnection.RelayAsync(client, settings, connector, clock, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            client.Dispose();
            OpenCountChanged?.Invoke(Interlocked.Decrement(ref openCount));
        }
    }
}
