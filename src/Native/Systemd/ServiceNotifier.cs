using System.Net.Sockets;
using System.Text;

namespace Appliance.Native.Systemd;

/// <summary>
/// Tells systemd how the service is, over the datagram socket that it names in NOTIFY_SOCKET. Does nothing when
/// another parent started the process. A message that cannot be delivered is dropped: systemd acts on its absence.
/// </summary>
public sealed class ServiceNotifier : IDisposable
{
    public const string SocketVariable = "NOTIFY_SOCKET";

    private readonly Socket? socket;

    private ServiceNotifier(Socket? socket, TimeSpan? watchdogInterval)
    {
        this.socket = socket;
        WatchdogInterval = socket is null ? null : watchdogInterval;
    }

    /// <summary>Within this time systemd wants to hear from the service, or it starts it anew; null when it does not watch.</summary>
    public TimeSpan? WatchdogInterval { get; }

    public static ServiceNotifier Open() => Open(Environment.GetEnvironmentVariable);

    public static ServiceNotifier Open(Func<string, string?> readVariable) =>
        new(Connect(readVariable(SocketVariable)), WatchdogVariables.ReadInterval(readVariable));

    /// <summary>The service is up: what waits for it may go on.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>The service is on its way down.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>One line for people, shown by <c>systemctl status</c>.</summary>
    public void Status(string text) => Send("STATUS=" + text.ReplaceLineEndings(" "));

    /// <summary>The service is alive.</summary>
    public void Alive() => Send("WATCHDOG=1");

    public void Dispose() => socket?.Dispose();

    private static Socket? Connect(string? name)
    {
        // '@' starts the name of an abstract socket, which the kernel writes with a zero byte.
        if (string.IsNullOrEmpty(name) || name[0] is not '/' and not '@')
        {
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : name));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private void Send(string message)
    {
        try
        {
            socket?.Send(Encoding.UTF8.GetBytes(message), SocketFlags.None);
        }
        catch (SocketException)
        {
            // systemd is restarting itself, or its queue is full; the next message tells it again.
        }
    }
}
