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
        string where = cause.Message.Contains($":{settings.Http.Port}", StringComparison.Ordinal)
            ? $"{SettingKeys.Http.Flag} {settings.Http}"
            : $"{SettingKeys.Grpc.Flag} {settings.Grpc}";
        SocketError? error = (cause.InnerException as SocketException ?? cause.InnerException?.InnerException as SocketException)?.SocketErrorCode;
        return cause.InnerException is AddressInUseException || error == SocketError.AddressAlreadyInUse
            ? new ApplianceException(ErrorKind.Unavailable, $"{where}: the port is in use. Stop what uses it, or choose another; port 0 picks a free one.", cause)
            : new ApplianceException(ErrorKind.InvalidArgument, $"{where}: cannot listen there: {cause.Message}", cause);
    }
}
