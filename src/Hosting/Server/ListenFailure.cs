using System.Net.Sockets;
using Appliance.Core.Errors;
using Appliance.Hosting.Settings;
using Microsoft.AspNetCore.Connections;

namespace Appliance.Hosting.Server;

/// <summary>Says why a port could not be opened, and what to do.</summary>
internal static class ListenFailure
{
    public static ApplianceException Explain(ServeSettings settings, IOException cause)
    {
        string where = settings.WebPorts is { } ports && Enumerable.Range(ports.First, ports.Count).FirstOrDefault(port => Names(cause, port)) is > 0 and var taken
            ? $"{SettingKeys.WebPorts.Flag} {ports} (port {taken})"
            : Names(cause, settings.Http.Port) ? $"{SettingKeys.Http.Flag} {settings.Http}" : $"{SettingKeys.Grpc.Flag} {settings.Grpc}";
        SocketError? error = (cause.InnerException as SocketException ?? cause.InnerException?.InnerException as SocketException)?.SocketErrorCode;
        return cause.InnerException is AddressInUseException || error == SocketError.AddressAlreadyInUse
            ? new ApplianceException(ErrorKind.Unavailable, $"{where}: the port is in use. Stop what uses it, or choose another; port 0 picks a free one.", cause)
            : new ApplianceException(ErrorKind.InvalidArgument, $"{where}: cannot listen there: {cause.Message}", cause);
    }

    /// <summary>Whether the message is about this port, and not one that begins with the same digits.</summary>
    private static bool Names(IOException cause, int port)
    {
        string text = $":{port}";
        int at = cause.Message.IndexOf(text, StringComparison.Ordinal);
        return at >= 0 && (at + text.Length == cause.Message.Length || !char.IsAsciiDigit(cause.Message[at + text.Length]));
    }
}
