using System.Net;
using System.Net.Sockets;

namespace Appliance.Containers.Networks.HostService;

/// <summary>Sockets at the gateway address, which the host has only while there are containers.</summary>
internal static class GatewaySocket
{
    private const int FreeBindOption = 15;

    /// <returns>The socket; it is disposed when this fails.</returns>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static Socket Bind(Socket socket, IPAddress address, int port)
    {
        try
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.IP, FreeBindOption, BitConverter.GetBytes(1));
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
