using System.Collections.Concurrent;
using System.Net;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Appliance.Tests.Containers;
using Appliance.Tests.Guest;
using Grpc.Core;
using GenericStatus = Appliance.Protos.Modal.GenericResult.Types.GenericStatus;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>Functions whose containers serve a port by themselves; a real web server runs in each, and the test speaks for the client's program.</summary>
[Collection(FunctionRig.Collection)]
public sealed class ServerFunctionTests(FunctionRig rig) : IAsyncLifetime
{
    private const int Port = 8000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private string image = "";

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            using var files = new BusyboxImage();
            files.AddProgram("python", "mkdir /www\necho -n $MODAL_TASK_ID > /www/task\nhttpd -p 8000 -h /www\ntrap 'exit 0' TERM\nsleep 1000 &\nwait\n");
            image = await rig.Server.ImportAsync(files, "python:server");
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [RootFact]
    public async Task ARequest_StartsAContainer_AndReachesItsPortOnceItIsReady()
    {
        (FunctionApp app, string function) = await rig.RunAsync(Server);
        using HttpClient http = Http();
        Task<(HttpStatusCode, string)> asked = AskAsync(http);
        using PeerContainer container = await rig.NextContainerAsync(function);
        await Task.Delay(300);
        Assert.False(asked.IsCompleted);

        TunnelStartResponse told = await container.Client.TunnelStartAsync(new TunnelStartRequest { Port = Port }, container.Credentials);
        await container.Client.ContainerServerLifecycleReadyAsync(new ContainerServerLifecycleReadyRequest(), container.Credentials);

        Assert.Equal((HttpStatusCode.OK, container.Task.Text), await asked);
        Assert.Equal((HttpStatusCode.OK, container.Task.Text), await AskAsync(http));
        Assert.Empty(rig.Server.Parts.Work.Tunnels.Find(container.Task));
        Assert.True(told.Port > 0);
        Assert.Equal("", app.WebUrl);
        string url = Assert.Single(app.Created.HandleMetadata.ExperimentalFlashUrls);
        Assert.Equal(url, Assert.Single(app.Created.Function.FlashServiceUrls));
        await app.StopAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(http)).Item1);
    }

    [RootFact]
    public async Task ARedeployment_FailsNoRequest_AndEndsTheOldContainerWithASignal()
    {
        FunctionApp app = await rig.CreateAppAsync(AppState.Initializing);
        string function = await app.DefineAsync("f", Server);
        await app.PublishAsync("served");
        using HttpClient http = Http();
        Task<(HttpStatusCode, string)> first = AskAsync(http, "appliance--test-f.localhost");
        using PeerContainer old = await rig.NextContainerAsync(function);
        await ReadyAsync(old);
        await first;
        LiveSandbox gone = rig.Server.Parts.Work.Supervisor.Find(old.Task)!;
        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentBag<(HttpStatusCode Status, string Task)>();
        Task[] callers = [.. Enumerable.Range(0, 3).Select(_ => CallAsync(http, answers, stop.Token))];

        await app.DefineAsync("f", Server);
        await app.PublishAsync("served");
        using PeerContainer young = await rig.NextContainerAsync(function);
        await ReadyAsync(young);

        SandboxResult result = await gone.Ended.WaitAsync(Limit);
        Assert.Equal(young.Task.Text, (await AskAsync(http, "appliance--test-f.localhost")).Item2);
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Assert.Equal((SandboxEnding.Success, 0), (result.Ending, result.ExitCode));
        Assert.All(answers, each => Assert.Equal(HttpStatusCode.OK, each.Status));
        Assert.Equal(new HashSet<string> { old.Task.Text, young.Task.Text }, answers.Select(each => each.Task).ToHashSet());
        await app.StopAsync();
    }

    [RootFact]
    public async Task AContainerThatDies_IsReplaced()
    {
        (FunctionApp app, string function) = await rig.RunAsync(Server);
        using HttpClient http = Http();
        Task<(HttpStatusCode, string)> asked = AskAsync(http);
        using PeerContainer container = await rig.NextContainerAsync(function);
        await ReadyAsync(container);
        await asked;
        LiveSandbox dying = rig.Server.Parts.Work.Supervisor.Find(container.Task)!;
        await rig.Server.Parts.Work.Supervisor.EndAsync(dying.Id, SandboxEnding.Terminated);

        Task<(HttpStatusCode, string)> again = AskAsync(http);
        using PeerContainer next = await rig.NextContainerAsync(function);
        await ReadyAsync(next);

        Assert.Equal((HttpStatusCode.OK, next.Task.Text), await again);
        await app.StopAsync();
    }

    [RootFact]
    public async Task AServerThatDoesNotStart_SaysWhy()
    {
        (FunctionApp app, string function) = await rig.RunAsync(Server);
        using HttpClient http = Http();
        Task<(HttpStatusCode, string)> asked = AskAsync(http);
        using PeerContainer container = await rig.NextContainerAsync(function);
        var failure = new GenericResult { Status = GenericStatus.Failure, Exception = "ValueError('no model')" };

        await container.Client.TaskResultAsync(new TaskResultRequest { Result = failure }, container.Credentials);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ValueError('no model')\n"), await asked);
        await app.StopAsync();
    }

    [RootFact]
    public async Task AServer_AsksForAToken_UnlessItSaysOtherwise()
    {
        (FunctionApp app, string function) = await rig.RunAsync(definition =>
        {
            Server(definition);
            definition.HttpConfig.Unauthenticated = false;
        });
        using HttpClient http = Http();

        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(http)).Item1);
        Assert.NotEmpty((await rig.Client.FunctionGetFlashAuthTokenAsync(new FunctionGetFlashAuthTokenRequest { FunctionId = function }, rig.Credentials)).Token);
        await app.StopAsync();
    }

    [RootFact]
    public async Task AContainerThatRegisters_GetsRequests_UntilItTakesThatBack()
    {
        (FunctionApp app, string function) = await rig.RunAsync(definition =>
        {
            Server(definition);
            definition.IsServer = false;
        });
        using HttpClient http = Http();
        Task<(HttpStatusCode, string)> asked = AskAsync(http);
        using PeerContainer container = await rig.NextContainerAsync(function);
        TunnelStartResponse tunnel = await container.Client.TunnelStartAsync(new TunnelStartRequest { Port = Port }, container.Credentials);
        var address = new FlashContainerRegisterRequest { Host = tunnel.Host, Port = tunnel.Port };

        // As the client's program does it: again and again, for its port may not answer yet.
        FlashContainerRegisterResponse registered;
        do
        {
            registered = await container.Client.FlashContainerRegisterAsync(address, container.Credentials);
        }
        while (await Task.WhenAny(asked, Task.Delay(100)) != asked);

        address.Port = 1;
        Status wrong = await FunctionRig.RefusalAsync(container.Client.FlashContainerRegisterAsync(address, container.Credentials));

        Assert.Equal((HttpStatusCode.OK, container.Task.Text), await asked);
        Assert.Equal(Assert.Single(app.Created.HandleMetadata.ExperimentalFlashUrls), registered.Url);
        Assert.Equal(StatusCode.InvalidArgument, wrong.StatusCode);
        Assert.Equal((container.Task.Text, tunnel.Port), Assert.Single((await ListAsync(function)).Select(each => (each.TaskId, each.Port))));
        await container.Client.FlashContainerDeregisterAsync(new FlashContainerDeregisterRequest(), container.Credentials);
        Assert.Empty(await ListAsync(function));
        await app.StopAsync();
    }

    [RootFact]
    public async Task WhatCannotBe_IsRefused()
    {
        FunctionApp app = await rig.CreateAppAsync();
        foreach (HTTPConfig wrong in new[] { new HTTPConfig(), new HTTPConfig { Port = 70_000 }, new HTTPConfig { Port = 1, ExitGracePeriod = 3601 } })
        {
            RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => app.DefineAsync("f", function =>
            {
                Server(function);
                function.HttpConfig = wrong;
            }));
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        }

        await app.StopAsync();
    }

    private void Server(Function function)
    {
        function.ImageId = image;
        function.IsServer = true;
        function.HttpConfig = new HTTPConfig { Port = Port, Unauthenticated = true };
    }

    private static async Task ReadyAsync(PeerContainer container) =>
        await container.Client.ContainerServerLifecycleReadyAsync(new ContainerServerLifecycleReadyRequest(), container.Credentials);

    private async Task<IReadOnlyList<FlashContainerListResponse.Types.Container>> ListAsync(string function) =>
        (await rig.Client.FlashContainerListAsync(new FlashContainerListRequest { FunctionId = function }, rig.Credentials)).Containers;

    private static async Task CallAsync(HttpClient http, ConcurrentBag<(HttpStatusCode, string)> answers, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            answers.Add(await AskAsync(http, "appliance--test-f.localhost"));
        }
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpClient http, string host = "appliance--test-f-dev.localhost")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/task") { Headers = { Host = host } };
        using HttpResponseMessage response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private HttpClient Http() => new() { BaseAddress = new Uri(rig.Server.Parts.PublicAddress.HttpUrl("/")), Timeout = Limit };
}
