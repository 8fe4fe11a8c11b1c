using Appliance.Admin.Metrics;
using Appliance.Admin.Readiness;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Contents;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal;
using Appliance.Gateways.Transfers;
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
using Appliance.Mounts;
using Appliance.Objects;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Reading;
using Appliance.Volumes.Trees;
using Appliance.Volumes.Upkeep;
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

    public required ContentStore Contents { get; init; }

    public required BlockLinks BlockLinks { get; init; }

    public required VersionPins VersionPins { get; init; }

    public required VolumePurger VolumePurger { get; init; }

    public required VolumeTrees VolumeTrees { get; init; }

    public required VolumeCommitter VolumeCommitter { get; init; }

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
            BlockStore blocks = BlockStore.Open(Path.Combine(settings.DataDirectory, "blocks"), new CountedReferences(store), clock);
            var pins = new VersionPins(store);
            VolumePurger purger = await VolumePurger.OpenAsync(store, pins, Later(logs, "volumes"));
            ContentStore contents = ContentStore.Open(Path.Combine(settings.DataDirectory, "contents"), store, blocks);
            VolumeTrees trees = await VolumeTrees.OpenAsync(
                Path.Combine(settings.DataDirectory, "volumes"), store, contents, pins, Later(logs, "volume trees"));
            bool usesTls = settings.UsesTls(settings.Grpc) || settings.UsesTls(settings.Http);
            return new ServerParts(store)
            {
                Workspace = workspace,
                Tokens = tokens,
                WebTokens = await WebTokenSigner.OpenAsync(store, clock),
                TokenFlows = new TokenFlowDesk(store, workspace, tokens, clock),
                Environments = new EnvironmentDirectory(store),
                Links = links,
                Blocks = blocks,
                Contents = contents,
                BlockLinks = new BlockLinks(links),
                VersionPins = pins,
                VolumePurger = purger,
                VolumeTrees = trees,
                VolumeCommitter = new VolumeCommitter(store, purger, trees),
                Reaper = new ObjectReaper(store, [VolumeContents.Of<VolumeId>(trees), new MountDirectory(MountId.Prefix)], clock, Later(logs, "objects")),
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

    public async ValueTask DisposeAsync()
    {
        Certificates?.Dispose();
        Process.Dispose();
        Calls.Dispose();
        Metrics.Dispose();
        Drain.Dispose();
        await Reaper.DisposeAsync();
        await VolumeTrees.DisposeAsync();
        await VolumePurger.DisposeAsync();
        await Blocks.DisposeAsync();
        await Store.DisposeAsync();
    }

    private static Action<Exception> Later(ILoggerFactory logs, string what)
    {
        ILogger log = logs.CreateLogger("Upkeep");
        return failure => log.LogError(failure, "Tidying up {What} failed and will be tried again.", what);
    }
}
