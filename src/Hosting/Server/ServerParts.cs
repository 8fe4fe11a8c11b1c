using Appliance.Admin.Metrics;
using Appliance.Admin.Readiness;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Contents.Values;
using Appliance.Core.Lifetime;
using Appliance.Dicts;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal;
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
using Appliance.Metadata.Idempotency;
using Appliance.Objects;
using Appliance.Queues;
using Appliance.Queues.Waiting;
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

    public required TimeProvider Clock { get; init; }

    public required ValueStore Values { get; init; }

    public required QueueWaiters QueueWaiters { get; init; }

    public required IdempotencySweeper IdempotencySweeper { get; init; }

    public required QueueSweeper QueueSweeper { get; init; }

    public required DictUses DictUses { get; init; }

    public required DictSweeper DictSweeper { get; init; }

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
            BlockStore blocks = BlockStore.Open(Path.Combine(settings.DataDirectory, "blocks"), new CountedReferences(store), clock);
            var waiters = new QueueWaiters(clock);
            var dictUses = new DictUses(clock);
            ILogger upkeep = logs.CreateLogger("Upkeep");
            void Report(Exception failure) => upkeep.LogError(failure, "Upkeep failed and will be tried again.");
            bool usesTls = settings.UsesTls(settings.Grpc) || settings.UsesTls(settings.Http);
            return new ServerParts(store)
            {
                Workspace = workspace,
                Tokens = tokens,
                WebTokens = await WebTokenSigner.OpenAsync(store, clock),
                TokenFlows = new TokenFlowDesk(store, workspace, tokens, clock),
                Environments = new EnvironmentDirectory(store),
                Links = await LinkSigner.OpenAsync(store, clock),
                Blocks = blocks,
                Clock = clock,
                Values = new ValueStore(blocks),
                QueueWaiters = waiters,
                IdempotencySweeper = new IdempotencySweeper(store, clock, Report),
                QueueSweeper = new QueueSweeper(store, clock, Report),
                DictUses = dictUses,
                DictSweeper = new DictSweeper(store, dictUses, clock, Report),
                Reaper = new ObjectReaper(store, [new QueueContents(waiters), new DictContents()], clock, Report),
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
        await IdempotencySweeper.DisposeAsync();
        await QueueSweeper.DisposeAsync();
        await DictSweeper.DisposeAsync();
        await Blocks.DisposeAsync();
        await Store.DisposeAsync();
    }
}
