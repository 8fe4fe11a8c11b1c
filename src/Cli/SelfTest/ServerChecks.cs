using System.Security.Cryptography.X509Certificates;
using Appliance.Admin.SelfTest;
using Appliance.Core.Errors;
using Appliance.Gateways.Modal.Probing;
using Appliance.Hosting.Server;
using Appliance.Hosting.Settings;
using Appliance.Hosting.Startup;
using Microsoft.Extensions.Logging.Abstractions;
using static Appliance.Admin.SelfTest.SelfTestException;

namespace Appliance.Cli.SelfTest;

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
        await using ApplianceServer server = await StartAsync(directory, tls, cancellation);
        using HttpMessageHandler handler = HandlerFor(server);
        using var probe = new ModalProbe(server.Addresses.Grpc.Url, handler);
        Require(await probe.IsServingAsync(cancellation), "Health does not answer that it serves.");
        (string id, string secret) = Credentials(directory);
        ProbedToken token = await probe.FindTokenAsync(id, secret, cancellation);
        using var http = new HttpClient(handler, disposeHandler: false);
        string ready = await http.GetStringAsync($"{server.Addresses.Http.Url}/readyz", cancellation);
        Require(ready.Contains("\"ready\":true", StringComparison.Ordinal), $"/readyz answers {ready}");
        await server.StopAsync(cancellation);
        return $"{server.Addresses.Grpc.Url}, workspace '{token.WorkspaceName}'";
    }

    private static async Task<string> ProveRefusalAsync(string directory, CancellationToken cancellation)
    {
        await using ApplianceServer server = await StartAsync(directory, "auto", cancellation);
        using HttpMessageHandler handler = HandlerFor(server);
        using var probe = new ModalProbe(server.Addresses.Grpc.Url, handler);
        try
        {
            await probe.FindTokenAsync(Credentials(directory).Id, "as-wrong", cancellation);
        }
        catch (ApplianceException refusal) when (refusal.Kind == ErrorKind.Unauthenticated)
        {
            return refusal.Kind.ToString();
        }

        throw new SelfTestException("A wrong secret was accepted.");
    }

    private static async Task<string> ProveRestartAsync(string directory, CancellationToken cancellation)
    {
        await using (ApplianceServer first = await StartAsync(directory, "auto", cancellation))
        {
            await first.StopAsync(cancellation);
        }

        await using ApplianceServer second = await StartAsync(directory, "auto", cancellation);
        using HttpMessageHandler handler = HandlerFor(second);
        using var probe = new ModalProbe(second.Addresses.Grpc.Url, handler);
        (string id, string secret) = Credentials(directory);
        return (await probe.FindTokenAsync(id, secret, cancellation)).TokenId;
    }

    private static Task<ApplianceServer> StartAsync(string directory, string tls, CancellationToken cancellation)
    {
        var flags = new Dictionary<string, string>
        {
            [SettingKeys.Data.Name] = directory,
            [SettingKeys.Grpc.Name] = "127.0.0.1:0",
            [SettingKeys.Http.Name] = "127.0.0.1:0",
            [SettingKeys.Tls.Name] = tls,
        };
        ServeSettings settings = new ServeSettingsBinder(SettingSources.Open(flags, _ => null, "/dev/null")).Bind();
        return ApplianceServer.StartAsync(settings, NullLoggerFactory.Instance, TimeProvider.System, cancellation);
    }

    /// <summary>Trusts the server's own authority and no other.</summary>
    private static SocketsHttpHandler HandlerFor(ApplianceServer server)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (server.Parts.Certificates?.AuthorityPath is { } path)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(path));
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }

    private static (string Id, string Secret) Credentials(string directory)
    {
        Dictionary<string, string> lines = File.ReadAllLines(FirstToken.PathIn(directory))
            .Select(line => line["export ".Length..].Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return (lines["MODAL_TOKEN_ID"], lines["MODAL_TOKEN_SECRET"]);
    }
}
