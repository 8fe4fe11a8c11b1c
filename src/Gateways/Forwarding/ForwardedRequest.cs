using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Appliance.Gateways.Forwarding;

/// <summary>What is sent on for a request: its method, its target letter by letter, its headers and its body.</summary>
internal static class ForwardedRequest
{
    private const string WebSocket = "websocket";

    public static HttpRequestMessage Create(HttpContext http, Uri target)
    {
        HttpRequest source = http.Request;
        bool isExtendedConnect = http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
        var request = new HttpRequestMessage(
            isExtendedConnect ? HttpMethod.Get : new HttpMethod(source.Method),
            new Uri(
                target.GetLeftPart(UriPartial.Authority) + TargetOf(http),
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        bool hasBody = !isExtendedConnect && http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        if (hasBody)
        {
            request.Content = new ForwardedBody(source, http.RequestAborted);
        }

        CopyHeaders(source.Headers, request);
        request.Headers.Host = source.Host.Value;
        Tell(request, "X-Forwarded-For", http.Connection.RemoteIpAddress?.ToString());
        Tell(request, "X-Forwarded-Host", source.Host.Value);
        Tell(request, "X-Forwarded-Proto", source.Scheme);
        if (isExtendedConnect || http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
        {
            Upgrade(request, source.Headers.Upgrade, isExtendedConnect);
        }

        return request;
    }

    private static string TargetOf(HttpContext http)
    {
        string raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return raw.StartsWith('/') ? raw : http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent();
    }

    private static void CopyHeaders(IHeaderDictionary headers, HttpRequestMessage request)
    {
        StringValues connection = headers.Connection;
        foreach ((string name, StringValues values) in headers)
        {
            if (!HopHeaders.Contains(name, connection) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    /// <summary>What the caller says of itself under that name is not to be believed.</summary>
    private static void Tell(HttpRequestMessage request, string name, string? value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>WebSockets over HTTP/2 (RFC 8441) have no key; over HTTP/1.1 they need one.</summary>
    private static void Upgrade(HttpRequestMessage request, StringValues protocol, bool isExtendedConnect)
    {
        request.Headers.Connection.Add("Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", isExtendedConnect ? WebSocket : (string?)protocol);
        if (isExtendedConnect)
        {
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        }
    }
}
