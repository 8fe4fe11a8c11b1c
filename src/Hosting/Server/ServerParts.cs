using Appliance.Admin.Metrics;
using Appliance.Admin.Readiness;
using Appliance.Admin.Space;
using Appliance.Admin.Upkeep;
using Appliance.Containers.Runtime;
using Appliance.Core.Lifetime;
using Appliance.Core.Progress;
using Appliance.Engine.Access;
using Appliance.Engine.Builds;
using Appliance.Engine.Removal;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal;
using Appliance.Gateways.Modal.Functions;
using Appliance.Gateways.Modal.Images;
using Appliance.Gateways.Modal.Web;
using Appliance.Gateways.Transfers;
using Appliance.Gateways.Transfers.Blobs;
using Appliance.Gateways.Web.Packages;
using Appliance.Gpus;
using Appliance.Hosting.Settings;
using Appliance.Hosting.Startup;
using Appliance.Hosting.Tls;
using Appliance.Identity.Environments;
using Appliance.Identity.Flows;
using Appliance.Identity.Links;
using Appliance.Identity.ProxyTokens;
using Appliance.Identity.Tokens;
using Appliance.Identity.WebTokens;
using Appliance.Identity.WorkloadTokens;
using Appliance.Identity.Workspaces;
using Appliance.Images.Building;
using Appliance.Images.Building.Jobs;
using Appliance.Images.Registries;
using Appliance.Metadata;
using Appliance.Volumes.Trees;
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

    public required WebAccess WebAccess { get; init; }

    public required StorageParts Storage { get; init; }

    public required ImageBuilds ImageBuilds { get; init; }

    public required WorkParts Work { get; init; }

    public required StorageStores Stores { get; init; }

    public required SpaceSurveyor Surveyor { get; init; }

    public required Housekeeper Housekeeper { get; init; }

    public required TimeProvider Clock { get; init; }

    public required BlockLinks BlockLinks { get; init; }

    public required BlobLinks BlobLinks { get; init; }

    public required ConnectTokens ConnectTokens { get; init; }

    public required FirstToken? FirstToken { get; init; }

    public required ServerCertificates? Certificates { get; init; }

    /// <summary>What callers of the HTTP port see; null where it uses no TLS.</summary>
    public required ServerCertificates? HttpCertificates { get; init; }

    /// <summary>The same certificates, made on first use where the doors themselves use no TLS.</summary>
    public required Lazy<ServerCertificates> TunnelCertificates { get; init; }

    public required PublicAddress PublicAddress { get; init; }

    public required PublicIndex PublicIndex { get; init; }

    public required WorkloadTokenSigner WorkloadTokens { get; init; }

    public ReadinessState Readiness { get; } = new();

    public DrainSignal Drain { get; } = new();

    public CallMeter Calls { get; } = new();

    public MetricsCollector Metrics { get; } = new();

    public required ProcessMeter Process { get; init; }

    public static async Task<ServerParts> OpenAsync(
        ServeSettings settings, GpuMachine machine, TimeProvider clock, ILoggerFactory logs, CancellationToken cancellation)
    {
        DataDirectory.Ensure(settings.DataDirectory);
        MetadataStore store = await MetadataStore.OpenAsync(settings.DataDirectory, clock);
        try
        {
            WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(store, settings.WorkspaceName);
            var tokens = new TokenAuthority(store, workspace, clock);
            LinkSigner links = await LinkSigner.OpenAsync(store, clock);
            StorageParts storage = await StorageParts.OpenAsync(store, settings.DataDirectory, clock, logs);
            var certificates = new Lazy<ServerCertificates>(() => ServerCertificates.Open(settings, clock, logs.CreateLogger("Tls")));
            var door = new TunnelDoor(settings.Grpc.Address, () => certificates.Value.ServerOptions);
            var address = new PublicAddress { WebPorts = settings.WebPorts is { } ports ? (ports.First, ports.Last) : null };
            var workloads = new WorkloadTokenSigner(store, () => address.HttpUrl("/").TrimEnd('/'), clock);
            WorkParts work = await WorkParts.OpenAsync(store, storage, settings, door, workloads, machine, new FunctionWords(new ContainerArgumentsWriter()), clock, logs);
            address.ForContainers = () => work.Networks.ServiceAddress;
            var stores = new StorageStores(
                settings.DataDirectory,
                store,
                storage.Blocks,
                storage.Contents,
                new TreeVariants(Path.Combine(settings.DataDirectory, "volumes")),
                new EndedSandboxes(store, Path.Combine(settings.DataDirectory, TaskDirectory.ParentName), settings.Retention, clock));
            var surveyor = new SpaceSurveyor(stores, clock);
            ImageBuilds builds = storage.Images.StartBuilds(new ContainerRunStep(work.Containers, work.Networks, work.Volumes, work.Packages, work.Resources.Gpus, work.Resources.Desk, clock));
            storage.Images.Bases.PullAsync = (pull, stop) => storage.Images.Puller.PullAsync(
                new PullOrder(pull.Reference) { Credential = pull.Credential }, new TransferProgress(), stop);
            builds.Reader = new ImageRequestReader(store, storage.Contents, storage.Secrets, workspace, work.FunctionBuild).Read;
            bool usesTls = settings.UsesTls(settings.Grpc) || settings.UsesTls(settings.Http);
            return new ServerParts(store)
            {
                Workspace = workspace,
                Tokens = tokens,
                WebTokens = await WebTokenSigner.OpenAsync(store, clock),
                TokenFlows = new TokenFlowDesk(store, workspace, tokens, clock),
                Environments = new EnvironmentDirectory(store),
                Clock = clock,
                PublicAddress = address,
                PublicIndex = new PublicIndex(settings.PublicIndex, clock),
                WorkloadTokens = workloads,
                Links = links,
                WebAccess = new WebAccess(tokens, new ProxyTokenAuthority(store), links),
                Storage = storage,
                ImageBuilds = builds,
                Work = work,
                Stores = stores,
                Surveyor = surveyor,
                Housekeeper = new Housekeeper(stores, surveyor, clock, logs.CreateLogger("Upkeep")),
                BlockLinks = new BlockLinks(links),
                BlobLinks = new BlobLinks(links),
                ConnectTokens = new ConnectTokens(links),
                FirstToken = await FirstToken.EnsureAsync(tokens, settings.DataDirectory, cancellation),
                Certificates = usesTls ? certificates.Value : null,
                HttpCertificates = settings.UsesTls(settings.Http) ? certificates.Value : null,
                TunnelCertificates = certificates,
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
        Process.Dispose();
        Calls.Dispose();
        Metrics.Dispose();
        Drain.Dispose();
        PublicIndex.Dispose();
        await Housekeeper.DisposeAsync();
        await Work.DisposeAsync();
        Surveyor.Dispose();
        await Storage.DisposeAsync();
        if (TunnelCertificates.IsValueCreated)
        {
            TunnelCertificates.Value.Dispose();
        }

        await Store.DisposeAsync();
    }
}
