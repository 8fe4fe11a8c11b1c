using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Tls;

/// <summary>What the log says of certificates. Event ids are stable.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(201, LogLevel.Information, "Certificate renewed; it expires {Expiry:u}")]
    public static partial void Renewed(ILogger logger, DateTimeOffset expiry);

    [LoggerMessage(202, LogLevel.Error, "Certificate not renewed; the present one expires {Expiry:u}")]
    public static partial void NotRenewed(ILogger logger, DateTimeOffset expiry, Exception cause);
}
