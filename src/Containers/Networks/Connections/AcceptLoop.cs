using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Appliance.Containers.Networks.Connections;

/// <summary>
/// Takes connections from a listening socket and serves each on a task of its own. Until it is disposed; then the socket
/// closes and its connections end, too.
/// </summary>
internal sealed class AcceptLoop(Socket listener, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<Task, IPAddress> serving = new();
    private Task accepting = Task.CompletedTask;

    /// <summary>How many connections are open.</summary>
    public int Count => serving.Count;

    /// <summary>How many of them are from an address.</summary>
    public int CountOf(IPAddress client) => serving.Values.Count(client.Equals);

    /// <param name="isWelcome">Whether a connection from the address is served; others are reset.</param>
    /// <param name="serve">Serves one and disposes it; ends soon after its token fires, and never fails.</param>
    public void Start(Func<IPAddress, bool> isWelcome, Func<Socket, CancellationToken, Task> serve) =>
        accepting = Task.Run(() => AcceptAsync(isWelcome, serve));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        await accepting.ConfigureAwait(false);
        await Task.WhenAll(serving.Keys).ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task AcceptAsync(Func<IPAddress, bool> isWelcome, Func<Socket, CancellationToken, Task> serve)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await listener.AcceptAsync(stop.Token).ConfigureAwait(false);
                IPAddress address = ((IPEndPoint)client.RemoteEndPoint!).Address;
                if (!isWelcome(address))
                {
                    client.Close(timeout: 0);
                    continue;
                }

                Task connection = serve(client, stop.Token);
                serving[connection] = address;
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
}
