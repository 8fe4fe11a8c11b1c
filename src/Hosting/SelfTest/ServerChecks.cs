using Appliance.Admin.Health;
using Appliance.Admin.SelfTest;
using Appliance.Gateways.Modal.Probe;
using static Appliance.Admin.SelfTest.SelfTestException;

namespace Appliance.Hosting.SelfTest;

/// <summary>That a server of this executable serves: over both ports, with and without TLS, to the right caller only.</summary>
public static class ServerChecks
{
    public static IReadOnlyList<SelfTestCheck> All { get; } =
    [
        new("serves gRPC and HTTP", (directory, cancellation) => ProveServingAsync(directory, "auto", cancellation)),
        new("serves TLS with its own authority", (directory, cancellation) => ProveServingAsync(directory, "on", cancellation)),
        new("refuses a wrong token", ProveRefusalAsync),
        new("tokens survive a restart", ProveRestartAsync),
    ];

    private static async Task<string> ProveServingAsync(string directory, string tls, CancellationToken cancellation)
    {
        await using SelfTestServer server = await SelfTestServer.StartAsync(directory, tls, cancellation);
        Require(await HealthProbe.IsServingAsync(server.Channel, cancellation), "The health service says it does not serve.");
        string workspace = await FindWorkspaceAsync(server, server.TokenSecret, cancellation)
            ?? throw new SelfTestException("The server refuses its own first token.");
        using var http = new HttpClient(server.Handler, disposeHandler: false);
        string ready = await http.GetStringAsync($"{server.Addresses.Http.Url}/readyz", cancellation);
        Require(ready.Contains("\"ready\":true", StringComparison.Ordinal), $"/readyz answers {ready}");
        return $"{server.Addresses.Grpc.Url}, workspace '{workspace}'";
    }

    private static async Task<string> ProveRefusalAsync(string directory, CancellationToken cancellation)
    {
        await using SelfTestServer server = await SelfTestServer.StartAsync(directory, "auto", cancellation);
        Require(await FindWorkspaceAsync(server, "as-wrong", cancellation) is null, "A wrong secret was accepted.");
        return "UNAUTHENTICATED";
    }

    private static async Task<string> ProveRestartAsync(string directory, CancellationToken cancellation)
    {
        string secret;
        await using (SelfTestServer first = await SelfTestServer.StartAsync(directory, "auto", cancellation))
        {
            secret = first.TokenSecret;
        }

        await using SelfTestServer second = await SelfTestServer.StartAsync(directory, "auto", cancellation);
        Require(await FindWorkspaceAsync(second, secret, cancellation) is not null, "The token of before the restart is refused.");
        return second.TokenId;
    }

    private static Task<string?> FindWorkspaceAsync(SelfTestServer server, string secret, CancellationToken cancellation) =>
        ModalProbe.FindWorkspaceAsync(server.Channel, server.TokenId, secret, cancellation);
}
