using Appliance.Core.Progress;
using Appliance.Gpus;
using Appliance.Hosting.Server;
using Appliance.Hosting.Settings;
using Appliance.Images.Transfers;
using Appliance.Protos.Modal;
using Appliance.Tests.Containers;
using Appliance.Tests.Machine;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Tests.Hosting;

/// <summary>A whole server in this process, whose GPUs are the test's choice, and a client of its sandbox calls.</summary>
internal sealed class InProcessServer : IAsyncDisposable
{
    private readonly TemporaryFolder data = new();
    private readonly GpuMachine machine;
    private readonly (SettingKey Key, string Value)[] settings;
    private ApplianceServer server = null!;
    private GrpcChannel channel = null!;
    private string app = "";
    private string image = "";

    private InProcessServer(GpuMachine machine, (SettingKey Key, string Value)[] settings)
    {
        this.machine = machine;
        this.settings = settings;
    }

    public string ImageId => image;

    public string AppId => app;

    public ServerParts Parts => server.Parts;

    public string DataDirectory => data.Path;

    public ModalClient.ModalClientClient Client { get; private set; } = null!;

    /// <summary>For programs that are clients.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["MODAL_SERVER_URL"] = server.Addresses.Grpc.Url,
        ["MODAL_TOKEN_ID"] = server.Parts.FirstToken!.Id,
        ["MODAL_TOKEN_SECRET"] = server.Parts.FirstToken.Secret,
    };

    public global::Grpc.Core.Metadata Credentials => new()
    {
        { "x-modal-token-id", server.Parts.FirstToken!.Id },
        { "x-modal-token-secret", server.Parts.FirstToken.Secret },
    };

    public static async Task<InProcessServer> StartAsync(GpuMachine machine, params (SettingKey Key, string Value)[] settings)
    {
        var started = new InProcessServer(machine, settings);
        await started.OpenAsync(stopsContainers: false);
        using var files = new BusyboxImage();
        started.image = await started.ImportAsync(files, "busybox:test");
        var wanted = new AppGetOrCreateRequest { AppName = "gpus", ObjectCreationType = ObjectCreationType.CreateIfMissing };
        started.app = (await started.Client.AppGetOrCreateAsync(wanted, started.Credentials)).AppId;
        return started;
    }

    /// <returns>The image's id.</returns>
    public async Task<string> ImportAsync(BusyboxImage files, string tag)
    {
        var order = new ImageImportOrder(tag, Select: null);
        return (await server.Parts.Storage.Images.Importer.ImportPathAsync(files.Layers[0], order, new TransferProgress(), default))[0].Id.Text;
    }

    public Task<string> CreateAsync(string type, uint count, string script, string? imageId = null) =>
        CreateAsync(new Resources { GpuConfig = new GPUConfig { GpuType = type, Count = count } }, script, imageId);

    public async Task<string> CreateAsync(Resources resources, string script, string? imageId = null)
    {
        var definition = new Sandbox
        {
            ImageId = imageId ?? image,
            EntrypointArgs = { "sh", "-c", script },
            TimeoutSecs = 300,
            BlockNetwork = true,
            Resources = resources,
        };
        return (await Client.SandboxCreateAsync(new SandboxCreateRequest { AppId = app, Definition = definition }, Credentials)).SandboxId;
    }

    /// <summary>Builds an image with a GPU; answers its id, how it ended, and what was said meanwhile.</summary>
    public Task<(string Image, GenericResult Result, string Log)> BuildAsync(string gpu, string command) => BuildAsync(
        new Image { DockerfileCommands = { "FROM busybox:test", $"RUN {command}" }, GpuConfig = new GPUConfig { GpuType = gpu, Count = 1 } });

    /// <summary>Builds an image; answers its id, how it ended, and what was said meanwhile.</summary>
    public async Task<(string Image, GenericResult Result, string Log)> BuildAsync(Image wanted)
    {
        ImageGetOrCreateResponse begun = await Client.ImageGetOrCreateAsync(new ImageGetOrCreateRequest { AppId = app, Image = wanted }, Credentials);
        var request = new ImageJoinStreamingRequest { ImageId = begun.ImageId, Timeout = 55, IncludeLogsForFinished = true };
        using AsyncServerStreamingCall<ImageJoinStreamingResponse> call = Client.ImageJoinStreaming(request, Credentials);
        string log = "";
        await foreach (ImageJoinStreamingResponse response in call.ResponseStream.ReadAllAsync())
        {
            log += string.Concat(response.TaskLogs.Select(item => item.Data));
            if (response.Result is { Status: not GenericResult.Types.GenericStatus.Unspecified } result)
            {
                return (begun.ImageId, result, log);
            }
        }

        throw new InvalidOperationException($"The build did not end: {log}");
    }

    public async Task<GenericResult?> WaitAsync(string sandbox, float seconds = 30)
    {
        SandboxWaitResponse response = await Client.SandboxWaitAsync(new SandboxWaitRequest { SandboxId = sandbox, Timeout = seconds }, Credentials);
        return response.Result;
    }

    /// <summary>Whether it has a container, and what the server says beside the answer.</summary>
    public async Task<(bool HasStarted, string? Warning)> LookAsync(string sandbox, float seconds = 0)
    {
        using AsyncUnaryCall<SandboxGetTaskIdResponse> call =
            Client.SandboxGetTaskIdAsync(new SandboxGetTaskIdRequest { SandboxId = sandbox, Timeout = seconds }, Credentials);
        SandboxGetTaskIdResponse response = await call;
        return (response.HasTaskId, call.GetTrailers().GetValue("x-modal-warning") is { } text ? Uri.UnescapeDataString(text) : null);
    }

    public async Task<string> ReadOutputAsync(string sandbox)
    {
        var request = new SandboxGetLogsRequest { SandboxId = sandbox, FileDescriptor = FileDescriptor.Stdout, Timeout = 30 };
        using AsyncServerStreamingCall<TaskLogsBatch> call = Client.SandboxGetLogs(request, Credentials);
        string text = "";
        await foreach (TaskLogsBatch batch in call.ResponseStream.ReadAllAsync())
        {
            text += string.Concat(batch.Items.Select(item => item.Data));
        }

        return text;
    }

    public Task TerminateAsync(string sandbox) =>
        Client.SandboxTerminateAsync(new SandboxTerminateRequest { SandboxId = sandbox }, Credentials).ResponseAsync;

    /// <summary>Another server on the same data; containers go on meanwhile.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync(stopsContainers: true);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await OpenAsync(stopsContainers: true);
        await CloseAsync();
        data.Dispose();
    }

    private async Task OpenAsync(bool stopsContainers)
    {
        var flags = new Dictionary<string, string>
        {
            [SettingKeys.Data.Name] = data.Path,
            [SettingKeys.Grpc.Name] = "127.0.0.1:0",
            [SettingKeys.Http.Name] = "127.0.0.1:0",
            [SettingKeys.StopContainers.Name] = stopsContainers ? "on" : "off",
        };
        foreach ((SettingKey key, string value) in settings)
        {
            flags[key.Name] = value;
        }

        ServeSettings bound = new ServeSettingsBinder(SettingSources.Open(flags, _ => null, "/dev/null")).Bind();
        server = await ApplianceServer.StartAsync(bound, machine, NullLoggerFactory.Instance, TimeProvider.System, default);
        channel = GrpcChannel.ForAddress(server.Addresses.Grpc.Url);
        Client = new ModalClient.ModalClientClient(channel);
    }

    private async Task CloseAsync()
    {
        channel.Dispose();
        await server.StopAsync(default);
        await server.DisposeAsync();
    }
}
