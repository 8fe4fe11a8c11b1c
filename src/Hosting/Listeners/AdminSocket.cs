using System.Net.Sockets;

namespace Appliance.Hosting.Listeners;

/// <summary>The Unix socket through which other verbs reach a running server.</summary>
public static class AdminSocket
{
    public const string FileName = "appliance.sock";

    // sun_path has 108 bytes, the last of which is zero.
    private const int PathLengthMax = 107;

    public static string PathIn(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, FileName);
        return System.Text.Encoding.UTF8.GetByteCount(path) <= PathLengthMax
            ? path
            : throw new Core.Errors.ApplianceException(
                Core.Errors.ErrorKind.InvalidArgument,
                $"'{path}' is too long for a socket, which may have {PathLengthMax} bytes: choose a shorter --data directory.");
    }

    /// <summary>A connection to the server of that directory; null when none runs.</summary>
    public static async ValueTask<Socket?> ConnectAsync(string dataDirectory, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(PathIn(dataDirectory)), cancellation);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Removes the file that a killed server left; to be called only while holding the data directory's lock.</summary>
    public static void Sweep(string dataDirectory) => File.Delete(PathIn(dataDirectory));

    /// <summary>Only the owner may open it. The directory above should not let others in either.</summary>
    public static void Restrict(string dataDirectory) =>
        File.SetUnixFileMode(PathIn(dataDirectory), UnixFileMode.UserRead | UnixFileMode.UserWrite);
}
