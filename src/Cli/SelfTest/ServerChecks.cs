using System.Security.Cryptography.X509Certificates;
using Appliance.Admin.SelfTest;
using Appliance.Hosting.Server;
using Appliance.Hosting.Settings;
using Appliance.Hosting.Startup;
using Appliance.Protos.Modal;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
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
        using GrpcChannel channel = Open(server, handler);
        HealthCheckResponse health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), cancellationToken: cancellation);
        Require(health.Status == HealthCheckResponse.Types.ServingStatus.Serving, $"Health answers {health.Status}.");
        TokenInfoGetResponse info = await CallAsync(channel, Credentials(directory), cancellation);
        using var http = new HttpClient(handler, disposeHandler: false);
        string ready = await http.GetStringAsync($"{server.Addresses.Http.Url}/readyz", cancellation);
        Require(ready.Contains("\"ready\":true", StringComparison.Ordinal), $"/readyz answers {ready}");
        await server.StopAsync(cancellation);
        return $"{server.Addresses.Grpc.Url}, workspace '{info.WorkspaceName}'";
    }

    private static async Task<string> ProveRefusalAsync(string directory, CancellationToken cancellation)
    {
        await using ApplianceServer server = await StartAsync(directory, "auto", cancellation);
        using HttpMessageHandler handler = HandlerFor(server);
        using GrpcChannel channel = Open(server, handler);
        Grpc.Core.Metadata credentials = Credentials(directory);
        credentials[1] = new Grpc.Core.Metadata.Entry(credentials[1].Key, "as-wrong");
        try
        {
            await CallAsync(channel, credentials, cancellation);
            throw new SelfTestException("A wrong secret was accepted.");
        }
        catch (RpcException refusal)
        {
            Require(refusal.StatusCode == StatusCode.Unauthenticated, $"A wrong secret was answered with {refusal.StatusCode}.");
            return refusal.StatusCode.ToString();
        }
    }

    private static async Task<string> ProveRestartAsync(string directory, CancellationToken cancellation)
    {
        await using (ApplianceServer first = await StartAsync(directory, "auto", cancellation))
        {
            await first.StopAsync(cancellation);
        }

        await using ApplianceServer second = await StartAsync(directory, "auto", cancellation);
        using HttpMessageHandler handler = HandlerFor(second);
        using GrpcChannel channel = Open(second, handler);
        return (await CallAsync(channel, Credentials(directory), cancellation)).TokenId;
    }

    private static async Task<TokenInfoGetResponse> CallAsync(
        GrpcChannel channel, Grpc.Core.Metadata credentials, CancellationToken cancellation) =>
        await new ModalClient.ModalClientClient(channel).TokenInfoGetAsync(
            new TokenInfoGetRequest(), credentials, cancellationToken: cancellation);

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

    private static GrpcChannel Open(ApplianceServer server, HttpMessageHandler handler) =>
        GrpcChannel.ForAddress(server.Addresses.Grpc.Url, new GrpcChannelOptions { HttpHandler = handler });

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

    private static Grpc.Core.Metadata Credentials(string directory)
    {
        Dictionary<string, string> lines = File.ReadAllLines(FirstToken.PathIn(directory))
            .Select(line => line["export ".Length..].Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return new Grpc.Core.Metadata
        {
            { "x-modal-token-id", lines["MODAL_TOKEN_ID"] },
            { "x-modal-token-secret", lines["MODAL_TOKEN_SECRET"] },
        };
    }
}
