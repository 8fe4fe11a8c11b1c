using System.Net;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Forwarding;

/// <summary>Requests to a server that speaks HTTP/2 without TLS and nothing else (RFC 9113 §3.3).</summary>
internal static class Http2Server
{
    /// <param name="request">What is sent on. Upgrades, which HTTP/2 has not, stay as they are.</param>
    /// <param name="asked">The headers that came.</param>
    public static void Address(HttpRequestMessage request, IHeaderDictionary asked)
    {
        if (request.Headers.Upgrade.Count > 0)
        {
            return;
        }

        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        if (asked.TE.Count > 0)
        {
            // Without it, gRPC servers take whoever stands between for one that loses trailers.
            request.Headers.TE.Add(new("trailers"));
        }
    }
}
