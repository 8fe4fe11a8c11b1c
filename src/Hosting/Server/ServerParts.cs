using Appliance.Admin.Metrics;
using Appliance.Admin.Readiness;
using Appliance.Blobs;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal;
using Appliance.Gateways.Transfers.Blobs;
using Appliance.Hosting.Settings;
using Appliance.Hosting.Startup;
using Appliance.Hosting.Tls;
using Appliance.Identity.Environments;
using Appliance.Identity.Flows;
using Appliance.Identity.Links;
using Appliance.Identity.Tokens;
using Appliance.Identity.WebTokens;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Objects;
using Appliance.Secrets;
using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Server;

/// <summary>Everything the server is made of, opened in the order in which one needs the other.</summary>
public sealed class ServerParts : IAsyncDisposable
{
    private ServerParts(MetadataStore store) => Store = store;

    public MetadataStore Store { get; }

    public required WorkspaceModel Workspace { get; init; }

    public required TokenAuthority Tokens { get; init; }

    public required WebTokenSigner WebTokens { get; init; }

    public required TokenFlowDesk TokenFlows { get; init; }

    public required EnvironmentDirectory Environments { get; init; }

    public required LinkSigner Links { get; init; }

    public required BlockStore Blocks { get; init; }

    public required BlobStore Blobs { get; init; }

    public required BlobLinks BlobLinks { get; init; }

    public required SecretVault Secrets { get; init; }

    public required ObjectReaper Reaper { get; init; }

    public required FirstToken? FirstToken { get; init; }

    public required ServerCertificates? Certificates { get; init; }

    public PublicAddress PublicAddress { get; } = new();

    public ReadinessState Readiness { get; } = new();

    public DrainSignal Drain { get; } = new();

    public CallMeter Calls { get; } = new();

    public MetricsCollector Metrics { get; } = new();

    public required ProcessMeter Process { get; init; }

    public static async Task<ServerParts> OpenAsync(
        ServeSettings settings, TimeProvider clock, ILoggerFactory logs, CancellationToken cancellation)
    {
        DataDirectory.Ensure(settings.DataDirectory);
        MetadataStore store = await MetadataStore.OpenAsync(settings.DataDirectory, clock);
        try
        {
            WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(store, settings.WorkspaceName);
            var tokens = new TokenAuthority(store, workspace, clock);
            LinkSigner links = await LinkSigner.OpenAsync(store, clock);
            SecretVault secrets = await OpenSecretsAsync(store, settings, logs);
            bool usesTls = settings.UsesTls(settings.Grpc) || settings.UsesTls(settings.Http);
            return new ServerParts(store)
            {
                Workspace = workspace,
                Tokens = tokens,
                WebTokens = await WebTokenSigner.OpenAsync(store, clock),
                TokenFlows = new TokenFlowDesk(store, workspace, tokens, clock),
                Environments = new EnvironmentDirectory(store),
                Links = links,
                Blobs = BlobStore.Open(store, Path.Combine(settings.DataDirectory, BlobStore.DirectoryName), clock, failure => logs.CreateLogger("Blobs").LogError(failure, "Removing blobs will be tried again.")),
                BlobLinks = new BlobLinks(links),
                Blocks = BlockStore.Open(Path.Combine(settings.DataDirectory, "blocks"), new CountedReferences(store), clock),
                Secrets = secrets,
                Reaper = new ObjectReaper(store, [secrets, new NoContents(ProxyId.Prefix)], clock, failure => logs.CreateLogger("Reaper").LogError(failure, "Removing objects will be tried again.")),
                FirstToken = await FirstToken.EnsureAsync(tokens, settings.DataDirectory, cancellation),
                Certificates = usesTls ? ServerCertificates.Open(settings, clock, logs.CreateLogger("Tls")) : null,
                Process = new ProcessMeter(clock),
            };
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    private static async Task<SecretVault> OpenSecretsAsync(MetadataStore store, ServeSettings settings, ILoggerFactory logs)
    {
        SecretVault vault = await SecretVault.OpenAsync(store, settings.DataDirectory);
        if (vault.Fault is { } fault)
        {
            logs.CreateLogger("Secrets").LogError("Secrets cannot be used: {Fault}", fault);
        }

        return vault;
    }

    public async ValueTask DisposeAsync()
    {
        Certificates?.Dispose();
        Process.Dispose();
        Calls.Dispose();
        Metrics.Dispose();
        Drain.Dispose();
        await Reaper.DisposeAsync();
        await Blobs.DisposeAsync();
        await Blocks.DisposeAsync();
        await Store.DisposeAsync();
    }
}
