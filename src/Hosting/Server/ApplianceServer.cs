using Appliance.Admin.Api;
using Appliance.Engine.Removal;
using Appliance.Engine.Sandboxes;
using Appliance.Gpus;
using Appliance.Hosting.Listeners;
using Appliance.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Server;

/// <summary>A running server: parts, listeners, and the way down.</summary>
public sealed class ApplianceServer : IAsyncDisposable
{
    /// <summary>How long calls may go on once the server is told to stop.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan StartMemoryDelay = TimeSpan.FromSeconds(1);

    private readonly ServeSettings settings;
    private readonly TimeProvider clock;
    private readonly WebApplication app;
    private readonly DateTimeOffset startedAt;
    private readonly ILogger logger;
    private readonly string? containerSocket;
    private ITimer? afterStart;
    private Task removal = Task.CompletedTask;
    private bool hasStopped;

    private ApplianceServer(ServeSettings settings, TimeProvider clock, ServerParts parts, ILoggerFactory logs)
    {
        this.settings = settings;
        this.clock = clock;
        Parts = parts;
        startedAt = clock.GetUtcNow();
        logger = logs.CreateLogger("Serve");
        containerSocket = ContainerSocket.Prepare(settings.DataDirectory);
        app = Build(logs);
    }

    public ServerParts Parts { get; }

    public ServerAddresses Addresses { get; private set; } = null!;

    /// <summary>Opens the parts, then the doors; ready when this returns.</summary>
    /// <param name="settings">What the operator wrote.</param>
    /// <param name="machine">Whose GPUs are lent.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="clock">For all that takes time.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<ApplianceServer> StartAsync(
        ServeSettings settings, GpuMachine machine, ILoggerFactory logs, TimeProvider clock, CancellationToken cancellation)
    {
        ServerParts parts = await ServerParts.OpenAsync(settings, machine, clock, logs, cancellation);
        ApplianceServer? server = null;
        try
        {
            server = new ApplianceServer(settings, clock, parts, logs);
            await server.OpenDoorsAsync(cancellation);
            return server;
        }
        catch
        {
            await (server?.DisposeAsync() ?? parts.DisposeAsync());
            throw;
        }
    }

    /// <summary>Takes nothing new, lets running calls end, then closes.</summary>
    public async Task StopAsync(CancellationToken hurry)
    {
        Parts.Readiness.SetDraining();
        Parts.Drain.Raise();
        hasStopped = true;
        await app.StopAsync(hurry);
        if (settings.StopsContainers)
        {
            await Parts.Work.Supervisor.EndAllAsync(hurry);
        }
    }

    public ServerStatus Status() => new(
        ServerVersion.Text,
        Environment.ProcessId,
        startedAt,
        settings.DataDirectory,
        Parts.Workspace.Name,
        Addresses.Grpc,
        Addresses.Http,
        Parts.Readiness.IsReady,
        Parts.Readiness.Reasons,
        Parts.Certificates is { } certificates ? new TlsStatus(certificates.AuthorityPath, certificates.ExpiresAt) : null);

    public async ValueTask DisposeAsync()
    {
        afterStart?.Dispose();
        await app.DisposeAsync();
        await removal;
        await Parts.DisposeAsync();
        if (hasStopped && settings.StopsContainers)
        {
            await ContainerRemoval.RemoveAllAsync(settings.DataDirectory, logger);
        }
    }

    private WebApplication Build(ILoggerFactory logs)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(new KestrelSetup(settings, Parts.Certificates, containerSocket, clock).Apply);
        builder.Services.AddSingleton(logs);
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainTime);
        builder.Services.AddRoutingCore();
        GrpcDoor.AddServices(builder.Services, Parts, clock);
        WebApplication built = builder.Build();
        built.MapWhen(http => http.CameThrough(ListenerKind.Grpc) || http.CameThrough(ListenerKind.Containers), door => Route(door, routes => GrpcDoor.Map(routes, Parts)));
        built.MapWhen(http => http.CameThrough(ListenerKind.Http), door => HttpDoor.Use(door, Parts));
        built.MapWhen(http => http.CameThrough(ListenerKind.WebPort), door => HttpDoor.UseWebPort(door, Parts));
        UseDoor(built, ListenerKind.Packages, routes => PackageDoor.Map(routes, Parts));
        UseDoor(built, ListenerKind.Admin, routes => AdminDoor.Map(routes, Parts, Status, clock));
        return built;
    }

    private static void UseDoor(WebApplication app, ListenerKind kind, Action<Microsoft.AspNetCore.Routing.IEndpointRouteBuilder> map) =>
        app.MapWhen(http => http.CameThrough(kind), door => Route(door, map));

    private static void Route(IApplicationBuilder door, Action<Microsoft.AspNetCore.Routing.IEndpointRouteBuilder> map)
    {
        door.UseRouting();
        door.UseEndpoints(map);
    }

    private async Task OpenDoorsAsync(CancellationToken cancellation)
    {
        AdminSocket.Sweep(settings.DataDirectory);
        PackageSocket.Sweep(settings.DataDirectory);
        // Before the doors open, so that nobody is told that a running sandbox has ended.
        Parts.Work.Supervisor.AdoptAll();
        Parts.Work.Functions.Pools.AdoptAll();
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException cause)
        {
            throw ListenFailure.Explain(settings, cause);
        }

        AdminSocket.Restrict(settings.DataDirectory);
        PackageSocket.Restrict(settings.DataDirectory);
        if (containerSocket is not null)
        {
            ContainerSocket.Open(containerSocket);
        }

        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Addresses = ServerAddresses.Read(bound.Addresses, settings);
        Parts.PublicAddress.SetHttp(new Uri(Addresses.Http.Url));
        Parts.FirstToken?.Update(settings.DataDirectory, Addresses.Grpc.Url);
        Parts.Readiness.SetStarted();
        afterStart = clock.CreateTimer(_ => GiveBackStartMemory(), null, StartMemoryDelay, Timeout.InfiniteTimeSpan);
        if (Environment.IsPrivilegedProcess)
        {
            removal = Task.Run(() => ContainerRemoval.RemoveStaleAsync(logger), CancellationToken.None);
        }
    }

    /// <summary>Starting leaves garbage that an idle server would hold for ever, since nothing makes it collect.</summary>
    private static void GiveBackStartMemory() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Signals are the verb's business.</summary>
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
