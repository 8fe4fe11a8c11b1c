using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client.Calls;

/// <summary>Makes the status of a call that broke on this side or on the way.</summary>
internal static class CallFailure
{
    public static Status StatusOf(Exception failure, IMethod method)
    {
        StatusCode code = CodeOf(failure);
        return new Status(code, $"'{method.FullName}' failed: {failure.Message}", failure);
    }

    private static StatusCode CodeOf(Exception? failure) => failure switch
    {
        RpcException rpc => rpc.StatusCode,
        MessageTooLargeException => StatusCode.ResourceExhausted,
        UnknownCompressionException => StatusCode.Unimplemented,
        HttpProtocolException reset => OfHttp2Error(reset.ErrorCode),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError } => StatusCode.Unavailable,
        SocketException => StatusCode.Unavailable,
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => StatusCode.Unavailable,
        HttpRequestException or IOException when failure.InnerException is not null => CodeOf(failure.InnerException),
        IOException => StatusCode.Unavailable,
        OperationCanceledException => StatusCode.Cancelled,
        _ => StatusCode.Internal,
    };

    // The numbers of RFC 9113 section 7, matched as the gRPC protocol description pairs them.
    private static StatusCode OfHttp2Error(long error) => error switch
    {
        0x7 => StatusCode.Unavailable,
        0x8 => StatusCode.Cancelled,
        0xb => StatusCode.ResourceExhausted,
        0xc => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };
}
