using Grpc.Framing;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Turns away what is no gRPC request, in words that a person with curl understands.</summary>
internal static class ProtocolCheck
{
    public static bool Passes(HttpContext http)
    {
        HttpRequest request = http.Request;
        if (WireNames.IsGrpcContentType(request.ContentType) && HttpMethods.IsPost(request.Method) && IsHttp2(request.Protocol))
        {
            return true;
        }

        http.Response.StatusCode = !IsHttp2(request.Protocol) ? StatusCodes.Status426UpgradeRequired
            : !HttpMethods.IsPost(request.Method) ? StatusCodes.Status405MethodNotAllowed
            : StatusCodes.Status415UnsupportedMediaType;
        http.Response.Headers[WireNames.Message] =
            "This is a gRPC method: send POST over HTTP/2 with content-type application/grpc.";
        return false;
    }

    private static bool IsHttp2(string protocol) => HttpProtocol.IsHttp2(protocol) || HttpProtocol.IsHttp3(protocol);
}
