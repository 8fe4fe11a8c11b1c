using System.Net;
using System.Text;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Google.Protobuf;
using Grpc.Core;
using GenericStatus = Appliance.Protos.Modal.GenericResult.Types.GenericStatus;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>Web functions, schedules and open ports, with the test in the place of the container's program.</summary>
[Collection(FunctionRig.Collection)]
public sealed class WebFunctionTests(FunctionRig rig)
{
    [RootFact]
    public async Task ARequest_ReachesTheFunction_AndItsResponseComesBackPieceByPiece()
    {
        (FunctionApp app, string function) = await rig.RunAsync(Web);
        using HttpClient http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/a/b?x=1") { Content = new StringContent("the body"), Headers = { Host = Host } };
        Task<HttpResponseMessage> asked = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using PeerContainer container = await rig.NextContainerAsync(function);

        FunctionGetInputsItem input = await container.TakeAsync();
        Assert.Contains("query_string", Encoding.Latin1.GetString(input.Input.Args.Span));
        Assert.Equal("the body", await container.ReadBodyAsync(input));
        var start = new Asgi.Types.HttpResponseStart { Status = 201, Headers = { ByteString.CopyFromUtf8("x-from"), ByteString.CopyFromUtf8("container") } };
        await container.SendAsync(input, 1, new Asgi { HttpResponseStart = start });
        await container.SendAsync(input, 2, Body("one ", hasMore: true));
        using HttpResponseMessage response = await asked;
        await container.SendAsync(input, 3, Body("two", hasMore: false));
        await container.PutAsync(input, new GenericResult { Status = GenericStatus.Success }, DataFormat.GeneratorDone);

        Assert.Equal((HttpStatusCode.Created, "container"), (response.StatusCode, response.Headers.GetValues("x-from").Single()));
        Assert.Equal("one two", await response.Content.ReadAsStringAsync());
        await app.StopAsync();
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(http));
    }

    [RootFact]
    public async Task APortOfItsOwn_LeadsToTheFunction_UntilItsAppStops()
    {
        (FunctionApp app, string function) = await rig.RunAsync(Web);
        using HttpClient http = Http();
        Task<HttpResponseMessage> asked = http.GetAsync(app.WebUrl + "/by-port");
        using PeerContainer container = await rig.NextContainerAsync(function);

        FunctionGetInputsItem input = await container.TakeAsync();
        Assert.Contains("/by-port", Encoding.Latin1.GetString(input.Input.Args.Span));
        await container.SendAsync(input, 1, new Asgi { HttpResponseStart = new Asgi.Types.HttpResponseStart { Status = 200 } });
        await container.SendAsync(input, 2, Body("here", hasMore: false));
        await container.PutAsync(input, new GenericResult { Status = GenericStatus.Success }, DataFormat.GeneratorDone);

        using HttpResponseMessage response = await asked;
        Assert.Equal("here", await response.Content.ReadAsStringAsync());
        Assert.Equal("127.0.0.1", new Uri(app.WebUrl).Host);
        await app.StopAsync();
        using HttpResponseMessage gone = await http.GetAsync(app.WebUrl);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [RootFact]
    public async Task ARequestThatNobodyCanAnswer_SaysWhy()
    {
        (FunctionApp app, string function) = await rig.RunAsync(Web);
        using HttpClient http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = Host } };
        Task<HttpResponseMessage> asked = http.SendAsync(request);
        using PeerContainer container = await rig.NextContainerAsync(function);
        await container.TakeAsync();

        await container.KillAsync();

        using HttpResponseMessage response = await asked;
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("exit code 137", await response.Content.ReadAsStringAsync());
        await app.StopAsync();
    }

    [RootFact]
    public async Task AFunctionThatAsksForAToken_IsClosedWithoutOne()
    {
        (FunctionApp app, _) = await rig.RunAsync(function =>
        {
            Web(function);
            function.WebhookConfig.RequiresProxyAuth = true;
        });
        using HttpClient http = Http();

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(http));
        await app.StopAsync();
    }

    [RootFact]
    public async Task AScheduledFunction_IsCalledOnceDeployed()
    {
        FunctionApp app = await rig.CreateAppAsync(AppState.Initializing);
        string function = await app.DefineAsync("tick", tick => tick.Schedule = new Schedule { Period = new Schedule.Types.Period { Seconds = 1 } });
        await app.PublishAsync("scheduled");
        using PeerContainer container = await rig.NextContainerAsync(function);

        FunctionGetInputsItem input = await container.TakeAsync();

        Assert.Equal(DataFormat.Pickle, input.Input.DataFormat);
        await container.PutAsync(input, "done");
        await app.StopAsync();
    }

    [RootFact]
    public async Task AnOpenedPort_IsThereUntilItIsClosed()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        await rig.CallAsync(function, "x");
        using PeerContainer container = await rig.NextContainerAsync(function);
        var open = new TunnelStartRequest { Port = 8000, Unencrypted = true };

        TunnelStartResponse opened = await container.Client.TunnelStartAsync(open, container.Credentials);
        RpcException twice = await Assert.ThrowsAsync<RpcException>(async () => await container.Client.TunnelStartAsync(open, container.Credentials));
        RpcException outside = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.TunnelStartAsync(open, rig.Credentials));

        Assert.True(opened.Port > 0 && opened.UnencryptedPort > 0);
        Assert.Equal((StatusCode.AlreadyExists, StatusCode.PermissionDenied), (twice.StatusCode, outside.StatusCode));
        var close = new TunnelStopRequest { Port = 8000 };
        Assert.True((await container.Client.TunnelStopAsync(close, container.Credentials)).Exists);
        Assert.False((await container.Client.TunnelStopAsync(close, container.Credentials)).Exists);
        await app.StopAsync();
    }

    [RootFact]
    public async Task ARestrictedFunction_MayDoItsWorkAndNothingElse()
    {
        (FunctionApp app, string function) = await rig.RunAsync(restricted => restricted.Untrusted = true);
        FunctionMapResponse call = await rig.CallAsync(function, "x");
        using PeerContainer container = await rig.NextContainerAsync(function);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await container.Client.SecretListAsync(new SecretListRequest(), container.Credentials));

        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        Assert.Contains("restrict_modal_access", refusal.Status.Detail);
        await container.ServeAsync();
        Assert.Equal("x!", (await rig.ResultAsync(call.FunctionCallId)).Result.Data.ToStringUtf8());
        await app.StopAsync();
    }

    private static string Host => "appliance--test-f-dev.localhost";

    private static void Web(Function function) => function.WebhookConfig = new WebhookConfig { Type = WebhookType.AsgiApp };

    private static Asgi Body(string text, bool hasMore) =>
        new() { HttpResponseBody = new Asgi.Types.HttpResponseBody { Body = ByteString.CopyFromUtf8(text), MoreBody = hasMore } };

    private static async Task<HttpStatusCode> AskAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = Host } };
        using HttpResponseMessage response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private HttpClient Http() => new() { BaseAddress = new Uri(rig.Server.Parts.PublicAddress.HttpUrl("/")), Timeout = TimeSpan.FromSeconds(60) };
}
