using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Appliance.Gateways.Forwarding;

/// <summary>The head of an answer on its way back.</summary>
internal static class ForwardedResponse
{
    public static void CopyHead(HttpResponseMessage answer, HttpResponse response)
    {
        response.StatusCode = (int)answer.StatusCode;
        StringValues connection = answer.Headers.NonValidated.TryGetValues("Connection", out HeaderStringValues listed)
            ? new StringValues([.. listed])
            : StringValues.Empty;
        Copy(answer.Headers, response.Headers, connection);
        Copy(answer.Content.Headers, response.Headers, connection);
    }

    /// <summary>What came after the body, as gRPC's status does.</summary>
    public static void CopyTrailers(HttpResponseMessage answer, HttpResponse response)
    {
        if (response.SupportsTrailers())
        {
            foreach ((string name, HeaderStringValues values) in answer.TrailingHeaders.NonValidated)
            {
                response.AppendTrailer(name, new StringValues([.. values]));
            }
        }
    }

    private static void Copy(HttpHeaders headers, IHeaderDictionary target, StringValues connection)
    {
        foreach ((string name, HeaderStringValues values) in headers.NonValidated)
        {
            if (!HopHeaders.Contains(name, connection))
            {
                target.Append(name, new StringValues([.. values]));
            }
        }
    }
}
