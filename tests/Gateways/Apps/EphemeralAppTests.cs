using Appliance.Gpus;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Appliance.Tests.Hosting;
using Grpc.Core;

namespace Appliance.Tests.Gateways.Apps;

/// <summary>An app that lasts as long as its client, over gRPC, with a sandbox in a real container.</summary>
public sealed class EphemeralAppTests : IAsyncLifetime
{
    private InProcessServer server = null!;

    private ModalClient.ModalClientClient Client => server.Client;

    public async Task InitializeAsync() => server = await InProcessServer.StartAsync(new GpuMachine());

    public async Task DisposeAsync() => await server.DisposeAsync();

    [RootFact]
    public async Task Disconnect_OfItsClient_EndsItsSandboxesAndThenItsLogs()
    {
        string app = await CreateAsync();
        string other = await CreateAsync();
        string mine = await StartAsync(app);
        string others = await StartAsync(other);
        using AsyncServerStreamingCall<TaskLogsBatch> logs = Client.AppGetLogs(new AppGetLogsRequest { AppId = app, Timeout = 55 }, server.Credentials);
        Assert.NotEmpty((await Client.AppPublishAsync(new AppPublishRequest { AppId = app, AppState = AppState.Ephemeral }, server.Credentials)).Url);
        await Client.AppHeartbeatAsync(new AppHeartbeatRequest { AppId = app }, server.Credentials);

        await Client.AppClientDisconnectAsync(new AppClientDisconnectRequest { AppId = app }, server.Credentials);

        Assert.Equal(GenericResult.Types.GenericStatus.Terminated, (await server.WaitAsync(mine))!.Status);
        Assert.True(await logs.ResponseStream.MoveNext());
        Assert.True(logs.ResponseStream.Current.AppDone);
        Assert.False(await logs.ResponseStream.MoveNext());
        Assert.Null(await server.WaitAsync(others, seconds: 0));
        RpcException late = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.AppHeartbeatAsync(new AppHeartbeatRequest { AppId = app }, server.Credentials));
        Assert.Equal(StatusCode.FailedPrecondition, late.StatusCode);
        await Client.AppClientDisconnectAsync(new AppClientDisconnectRequest { AppId = app }, server.Credentials);
        await server.TerminateAsync(others);
    }

    [RootFact]
    public async Task Containers_OfSandboxes_AreListedToldAndStopped()
    {
        string app = await CreateAsync();
        string sandbox = await StartAsync(app);
        await StartAsync(await CreateAsync());

        TaskStats listed = Assert.Single((await Client.TaskListAsync(new TaskListRequest { AppId = app }, server.Credentials)).Tasks);
        Assert.Equal(2, (await Client.TaskListAsync(new TaskListRequest(), server.Credentials)).Tasks.Count);
        var asked = new TaskGetInfoRequest { TaskId = listed.TaskId };
        TaskGetInfoResponse running = await Client.TaskGetInfoAsync(asked, server.Credentials);
        Assert.Equal((app, sandbox, 0d), (running.AppId, running.Info.SandboxId, running.Info.FinishedAt));
        Assert.InRange(running.Info.StartedAt, running.Info.EnqueuedAt, running.Info.EnqueuedAt + 300);

        await Client.ContainerStopAsync(new ContainerStopRequest { TaskId = listed.TaskId }, server.Credentials);

        Assert.Equal(GenericResult.Types.GenericStatus.Terminated, (await server.WaitAsync(sandbox))!.Status);
        Assert.NotEqual(0, (await Client.TaskGetInfoAsync(asked, server.Credentials)).Info.FinishedAt);
        Assert.Empty((await Client.TaskListAsync(new TaskListRequest { AppId = app }, server.Credentials)).Tasks);
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.ContainerStopAsync(new ContainerStopRequest { TaskId = "ta-0000000000000000000000" }, server.Credentials));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }

    [RootFact]
    public async Task Logs_OfAnAppThatIsOver_SayOnlyThat()
    {
        string app = await CreateAsync();
        await Client.AppClientDisconnectAsync(new AppClientDisconnectRequest { AppId = app }, server.Credentials);

        using AsyncServerStreamingCall<TaskLogsBatch> logs = Client.AppGetLogs(new AppGetLogsRequest { AppId = app, Timeout = 55 }, server.Credentials);

        Assert.True(await logs.ResponseStream.MoveNext());
        Assert.True(logs.ResponseStream.Current.AppDone);
    }

    [RootFact]
    public async Task AnApp_CannotBeginAsAStoppedOne()
    {
        RpcException stopped = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.AppCreateAsync(new AppCreateRequest { AppState = AppState.Stopped }, server.Credentials));

        Assert.Equal(StatusCode.InvalidArgument, stopped.StatusCode);
    }

    private async Task<string> CreateAsync() =>
        (await Client.AppCreateAsync(new AppCreateRequest { AppState = AppState.Ephemeral, Description = "test" }, server.Credentials)).AppId;

    private async Task<string> StartAsync(string app)
    {
        var definition = new Sandbox { ImageId = server.ImageId, EntrypointArgs = { "sleep", "100" }, TimeoutSecs = 300, BlockNetwork = true };
        string sandbox = (await Client.SandboxCreateAsync(new SandboxCreateRequest { AppId = app, Definition = definition }, server.Credentials)).SandboxId;
        Assert.True((await server.LookAsync(sandbox, seconds: 30)).HasStarted);
        return sandbox;
    }
}
