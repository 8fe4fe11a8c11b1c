using Appliance.Admin.SelfTest;
using Appliance.Engine.Removal;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.CommandRouter.Probe;
using Appliance.Gateways.Modal.Probe;
using Microsoft.Extensions.Logging.Abstractions;
using static Appliance.Admin.SelfTest.SelfTestException;

namespace Appliance.Hosting.SelfTest.Sandboxes;

/// <summary>A server of its own with the built-in image, reached through its gRPC door as by any client.</summary>
internal sealed class SandboxTrial : IAsyncDisposable
{
    private readonly string data;
    private SelfTestServer server;
    private ModalSandboxProbe sandboxes;

    private SandboxTrial(string data, SelfTestServer server, ModalSandboxProbe sandboxes, string imageId)
    {
        this.data = data;
        this.server = server;
        this.sandboxes = sandboxes;
        ImageId = imageId;
    }

    public ModalSandboxProbe Sandboxes => sandboxes;

    public ModalFunctionProbe Functions => new(server.Channel, server.TokenId, server.TokenSecret);

    public SelfTestServer Server => server;

    public string ImageId { get; }

    /// <summary>A check that is made on a trial, and fails where it leaves anything on the machine.</summary>
    public static SelfTestCheck Check(
        string name, Func<SandboxTrial, CancellationToken, Task<string>> proveAsync, bool keepsContainers = false) =>
        new(name, async (directory, cancellation) =>
        {
            await AbandonedTrials.RemoveAsync(TimeProvider.System);
            string seen;
            await using (SandboxTrial trial = await StartAsync(directory, keepsContainers, cancellation))
            {
                seen = await proveAsync(trial, cancellation);
            }

            ContainerTraces.RequireNone(DataDirectoryOf(directory));
            return seen;
        })
        {
            FindObstacle = ContainerObstacle.Find,
        };

    /// <summary>Where the server of a trial keeps its data.</summary>
    public static string DataDirectoryOf(string directory) => Path.Combine(directory, "data");

    /// <param name="directory">An empty one.</param>
    /// <param name="keepsContainers">Containers go on when the server stops, until <see cref="RestartAsync"/>.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<SandboxTrial> StartAsync(string directory, bool keepsContainers, CancellationToken cancellation)
    {
        string data = DataDirectoryOf(directory);
        SelfTestServer server = await SelfTestServer.StartAsync(data, "auto", cancellation, keepsContainers);
        try
        {
            string image = await BuiltInImage.ImportAsync(server.Parts.Storage.Images, Path.Combine(directory, "image"), cancellation);
            return new SandboxTrial(data, server, await OpenAsync(server, cancellation), image);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the server, containers and all going on, and starts another.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        await server.DisposeAsync();
        server = await SelfTestServer.StartAsync(data, "auto", cancellation);
        sandboxes = await OpenAsync(server, cancellation);
    }

    /// <summary>Starts a sandbox of the built-in image.</summary>
    /// <param name="cancellation">Ends the call.</param>
    /// <param name="arguments">Of the image's program.</param>
    public Task<ProbedSandbox> StartSandboxAsync(CancellationToken cancellation, params string[] arguments) =>
        sandboxes.StartAsync(Wanted(arguments), cancellation);

    /// <summary>A sandbox of the built-in image.</summary>
    public WantedSandbox Wanted(params string[] arguments) => new(ImageId, [BuiltInImage.Program, .. arguments]);

    public TaskProbe Open(ProbedSandbox sandbox) => new(server.Channel, sandbox.TaskId, sandbox.TaskToken);

    /// <summary>Runs the image's program beside the first process.</summary>
    public Task<CommandOutcome> RunAsync(ProbedSandbox sandbox, CancellationToken cancellation, params string[] arguments) =>
        Open(sandbox).RunAsync([BuiltInImage.Program, .. arguments], "", cancellation);

    /// <summary>Waits until a sandbox has ended well, and returns what it wrote.</summary>
    public async Task<string> FinishAsync(ProbedSandbox sandbox, CancellationToken cancellation)
    {
        ProbedEnd end = await EndAsync(sandbox, cancellation);
        string errors = await Open(sandbox).ReadMainAsync(isError: true, cancellation);
        Require(end.Succeeded, $"The container ended with {end.ExitCode}: {end.Message}{errors}");
        return await Open(sandbox).ReadMainAsync(isError: false, cancellation);
    }

    public async Task<ProbedEnd> EndAsync(ProbedSandbox sandbox, CancellationToken cancellation) =>
        await sandboxes.WaitAsync(sandbox, cancellation) ?? throw new SelfTestException("The container does not end.");

    /// <summary>Ends all containers and removes what is left of them.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await server.DisposeAsync();
        }
        finally
        {
            // Where the server did not come to it, or came up for the first time only.
            await ContainerRemoval.RemoveAllAsync(data, NullLogger.Instance);
        }
    }

    private static Task<ModalSandboxProbe> OpenAsync(SelfTestServer server, CancellationToken cancellation) =>
        ModalSandboxProbe.OpenAsync(server.Channel, server.TokenId, server.TokenSecret, cancellation);
}
