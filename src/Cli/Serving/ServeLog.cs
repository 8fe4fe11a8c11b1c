using Microsoft.Extensions.Logging;

namespace Appliance.Cli.Serving;

/// <summary>What the log says of the server's life. Event ids are stable.</summary>
internal static partial class ServeLog
{
    [LoggerMessage(1, LogLevel.Information, "Started {Version}: gRPC at {Grpc}, HTTP at {Http}, data in {Data}")]
    public static partial void Started(ILogger logger, string version, string grpc, string http, string data);

    [LoggerMessage(2, LogLevel.Information, "Stopping: running calls have {Seconds} s to end")]
    public static partial void Stopping(ILogger logger, double seconds);

    [LoggerMessage(3, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);
}
