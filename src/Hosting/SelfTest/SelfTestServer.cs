using System.Security.Cryptography.X509Certificates;
using Appliance.Gpus;
using Appliance.Hosting.Server;
using Appliance.Hosting.Settings;
using Appliance.Hosting.Startup;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Hosting.SelfTest;

/// <summary>A server in a directory of its own on free loopback ports, with a client that trusts it.</summary>
internal sealed class SelfTestServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly ApplianceServer server;

    private SelfTestServer(ApplianceServer server)
    {
        this.server = server;
        Handler = HandlerFor(server);
        Channel = GrpcChannel.ForAddress(server.Addresses.Grpc.Url, new GrpcChannelOptions { HttpHandler = Handler });
    }

    public ServerAddresses Addresses => server.Addresses;

    public SocketsHttpHandler Handler { get; }

    public GrpcChannel Channel { get; }

    public string TokenId => server.Parts.FirstToken!.Id;

    public string TokenSecret => server.Parts.FirstToken!.Secret;

    public ServerParts Parts => server.Parts;

    public static async Task<SelfTestServer> StartAsync(
        string directory, string tls, CancellationToken cancellation, bool keepsContainers = false)
    {
        var flags = new Dictionary<string, string>
        {
            [SettingKeys.Data.Name] = directory,
            [SettingKeys.Grpc.Name] = "127.0.0.1:0",
            [SettingKeys.Http.Name] = "127.0.0.1:0",
            [SettingKeys.Tls.Name] = tls,
            [SettingKeys.StopContainers.Name] = keepsContainers ? "off" : "on",
        };

        // Neither the operator's variables nor the configuration file have a say in a self-test.
        ServeSettings settings = new ServeSettingsBinder(SettingSources.Open(flags, _ => null, "/dev/null")).Bind();
        return new SelfTestServer(await ApplianceServer.StartAsync(settings, new GpuMachine(), NullLoggerFactory.Instance, TimeProvider.System, cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Handler.Dispose();
        try
        {
            using var hurry = new CancellationTokenSource(StopLimit);
            await server.StopAsync(hurry.Token);
        }
        finally
        {
            await server.DisposeAsync();
        }
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
}
