using System.Net;
using System.Net.Sockets;
using Appliance.Containers.Networks.Namespaces;

namespace Appliance.Containers.Networks.Tunnels;

/// <summary>Opens sockets on the host's side of a container's network.</summary>
internal sealed class TunnelConnector(HostStack host, IPAddress container)
{
    public Socket Listen(IPEndPoint address)
    {
        Socket socket = host.OpenSocket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public async Task<Socket> ConnectAsync(int port, CancellationToken cancellation)
    {
        Socket socket = host.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(new IPEndPoint(container, port), cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
