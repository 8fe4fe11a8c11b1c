using System.Net;
using System.Net.Sockets;
using Appliance.Core.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Appliance.Gateways.Forwarding;

/// <summary>
/// Passes a request on to a server that speaks HTTP/1.1, and its answer back: streamed, never buffered, for as long as
/// the two take; the answer after the request's body, as HTTP/1.1 clients do it. WebSockets and other upgrades become a
/// pair of streams (<see cref="UpgradedStreams"/>).
/// </summary>
public sealed class HttpForwarder(HttpMessageInvoker client)
{
    /// <param name="http">The request.</param>
    /// <param name="target">Where the server is; its path is replaced by the request's.</param>
    /// <param name="adjust">Changes what is sent, before it is sent.</param>
    /// <exception cref="ApplianceException">Unavailable: nobody listens there, or it broke off before it answered.</exception>
    public async Task ForwardAsync(HttpContext http, Uri target, Action<HttpRequestMessage> adjust)
    {
        // A stream may be silent for hours.
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } pace)
        {
            pace.MinDataRate = null;
        }

        using HttpRequestMessage request = ForwardedRequest.Create(http, target);
        adjust(request);
        using HttpResponseMessage answer = await SendAsync(request, target, http.RequestAborted);
        if (answer.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            await UpgradedStreams.RelayAsync(http, answer);
            return;
        }

        ForwardedResponse.CopyHead(answer, http.Response);
        try
        {
            await http.Response.StartAsync(http.RequestAborted);
            await using Stream body = await answer.Content.ReadAsStreamAsync(http.RequestAborted);
            await ForwardedBody.CopyAsync(body, http.Response.Body, http.RequestAborted);
            ForwardedResponse.CopyTrailers(answer, http.Response);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException)
        {
            // The caller must not take a part for the whole.
            http.Abort();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Uri target, CancellationToken cancellation)
    {
        try
        {
            return await client.SendAsync(request, cancellation);
        }
        catch (HttpRequestException failure) when (failure.InnerException is ApplianceException cause)
        {
            throw cause;
        }
        catch (HttpRequestException failure)
        {
            throw new ApplianceException(
                ErrorKind.Unavailable,
                failure.HttpRequestError == HttpRequestError.ConnectionError
                    ? $"Nothing listens on port {target.Port} of the container: start the server there first, on all addresses (0.0.0.0)."
                    : $"The server on port {target.Port} of the container broke off before it answered: {failure.Message}",
                failure);
        }
    }
}
