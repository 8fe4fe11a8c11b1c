using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Appliance.Gateways.Calls;

/// <summary>What the log says of calls. Event ids are stable.</summary>
internal static partial class CallLog
{
    [LoggerMessage(101, LogLevel.Debug, "Call '{Method}' ended with {Status} after {Milliseconds:0.0} ms for {Peer}")]
    public static partial void Ended(ILogger logger, string method, StatusCode status, double milliseconds, string peer);

    [LoggerMessage(102, LogLevel.Information, "Call '{Method}' ended with {Status} after {Milliseconds:0.0} ms for {Peer}: {Failure}")]
    public static partial void EndedBadly(
        ILogger logger, string method, StatusCode status, double milliseconds, string peer, string failure);

    [LoggerMessage(103, LogLevel.Error, "Call '{Method}' failed, request {RequestId}")]
    public static partial void Failed(ILogger logger, string method, string requestId, Exception cause);
}
