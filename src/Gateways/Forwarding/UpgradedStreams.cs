using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Appliance.Gateways.Forwarding;

/// <summary>What becomes of a request once both sides agreed to speak something else, such as WebSockets.</summary>
internal static class UpgradedStreams
{
    /// <summary>Carries bytes both ways until one side ends.</summary>
    public static async Task RelayAsync(HttpContext http, HttpResponseMessage answer)
    {
        ForwardedResponse.CopyHead(answer, http.Response);
        await using Stream client = await AcceptAsync(http, answer);
        await using Stream server = await answer.Content.ReadAsStreamAsync(http.RequestAborted);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        Task[] directions =
        [
            ForwardedBody.CopyAsync(client, server, stop.Token),
            ForwardedBody.CopyAsync(server, client, stop.Token),
        ];
        await Task.WhenAny(directions);
        await stop.CancelAsync();
        foreach (Task direction in directions)
        {
            // However a side broke off, the other sees the end.
            await direction.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<Stream> AcceptAsync(HttpContext http, HttpResponseMessage answer)
    {
        if (http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } extended)
        {
            http.Response.Headers.Remove("Sec-WebSocket-Accept");
            http.Response.StatusCode = StatusCodes.Status200OK;
            return await extended.AcceptAsync();
        }

        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.Upgrade = answer.Headers.Upgrade.ToString();
        return await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }
}
