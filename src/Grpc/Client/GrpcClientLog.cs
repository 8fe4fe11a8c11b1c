using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>What the gRPC client says in the log. Event ids are stable.</summary>
internal static partial class GrpcClientLog
{
    [LoggerMessage(1, LogLevel.Debug, "Call of '{Method}' ended with {Code}: '{Detail}'.")]
    public static partial void CallFailed(ILogger logger, string method, StatusCode code, string detail);
}
