using Microsoft.Extensions.Logging;

namespace Appliance.Containers.Networks;

/// <summary>What the log says of containers' networks. Event ids are stable.</summary>
internal static partial class NetworkLog
{
    [LoggerMessage(601, LogLevel.Information, "Containers get addresses of {Subnet}; {Adopted} networks were there already")]
    public static partial void Opened(ILogger logger, string subnet, int adopted);

    [LoggerMessage(602, LogLevel.Warning, "Containers have no network but their own loopback: {Reason}")]
    public static partial void LoopbackOnly(ILogger logger, string reason);

    [LoggerMessage(603, LogLevel.Error, "No network could be made ready; trying again")]
    public static partial void NotFilled(ILogger logger, Exception cause);

    [LoggerMessage(604, LogLevel.Warning, "Networks were not looked after; trying again")]
    public static partial void UpkeepFailed(ILogger logger, Exception cause);

    [LoggerMessage(605, LogLevel.Warning, "Forwarding was not turned on; containers reach nothing outside: {Reason}")]
    public static partial void NotForwarding(ILogger logger, string reason);

    [LoggerMessage(606, LogLevel.Information, "Swept {Count} networks that no container uses")]
    public static partial void Swept(ILogger logger, int count);

    [LoggerMessage(607, LogLevel.Warning, "Somebody has removed the packet filter's table; it is back, with {Count} networks")]
    public static partial void Restored(ILogger logger, int count);
}
