using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>What the gRPC server says in the log. Event ids are stable.</summary>
internal static partial class GrpcServerLog
{
    [LoggerMessage(1, LogLevel.Error, "Handler of '{Method}' failed.")]
    public static partial void HandlerFailed(ILogger logger, string method, Exception cause);

    [LoggerMessage(2, LogLevel.Debug, "The end of a call of '{Method}' could not be sent.")]
    public static partial void EndNotSent(ILogger logger, string method, Exception cause);
}
