using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>Apps that are deployed, found, bound, taken back.</summary>
[Collection(FunctionRig.Collection)]
public sealed class DeployTests(FunctionRig rig)
{
    [RootFact]
    public async Task ADeployedApp_IsFoundByItsNames()
    {
        FunctionApp app = await rig.CreateAppAsync(AppState.Initializing);
        string function = await app.DefineAsync("square");
        string unit = await app.DefineClassAsync("Counter", each => each.MethodDefinitions["inc"] = Method("inc"));
        RpcException early = await Assert.ThrowsAsync<RpcException>(() => FindAsync("found", "square"));
        Assert.Equal(StatusCode.NotFound, early.StatusCode);

        await app.PublishAsync("found");

        FunctionGetResponse found = await FindAsync("found", "square");
        Assert.Equal((function, "square", app.Id), (found.FunctionId, found.HandleMetadata.FunctionName, found.HandleMetadata.AppId));
        Assert.Equal([DataFormat.Pickle, DataFormat.Cbor], found.HandleMetadata.SupportedInputFormats);
        ClassGetResponse counter = await rig.Client.ClassGetAsync(new ClassGetRequest { AppName = "found", ObjectTag = "Counter" }, rig.Credentials);
        Assert.Equal(unit, counter.ClassId);
        Assert.Equal("inc", Assert.Single(counter.HandleMetadata.ClassFunctionMetadata.MethodHandleMetadata).Value.UseMethodName);
        AppLayout layout = (await rig.Client.AppGetLayoutAsync(new AppGetLayoutRequest { AppId = app.Id }, rig.Credentials)).AppLayout;
        Assert.Equal(["Counter.*", "square"], layout.FunctionIds.Keys.Order());
        Assert.Equal(unit, layout.ClassIds["Counter"]);
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(() => FindAsync("found", "cube"));
        Assert.Equal((StatusCode.NotFound, "App 'found' has no function 'cube'. It has: Counter.*, square."), (unknown.StatusCode, unknown.Status.Detail));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => FindAsync("missing", "square"))).StatusCode);
        await app.StopAsync();
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => FindAsync("found", "square"))).StatusCode);
    }

    [RootFact]
    public async Task TheSameParameters_BindTheSameFunction_WithContainersOfItsOwn()
    {
        FunctionApp app = await rig.CreateAppAsync();
        string service = await app.DefineAsync("Counter.*", each => each.MethodDefinitions["inc"] = Method("inc"));
        await app.PublishAsync();
        FunctionBindParamsResponse one = await BindAsync(service, "start=1");
        FunctionBindParamsResponse again = await BindAsync(service, "start=1");
        FunctionBindParamsResponse two = await BindAsync(service, "start=2");
        FunctionBindParamsResponse other = await BindAsync(service, "start=1", new FunctionOptions { TimeoutSecs = 7 });

        Assert.Equal(one.BoundFunctionId, again.BoundFunctionId);
        Assert.Equal(4, new[] { service, one.BoundFunctionId, two.BoundFunctionId, other.BoundFunctionId }.Distinct().Count());
        Assert.True(one.HandleMetadata.MethodHandleMetadata.ContainsKey("inc"));

        FunctionMapResponse call = await rig.CallAsync(two.BoundFunctionId, "x");
        using PeerContainer container = await rig.NextContainerAsync(two.BoundFunctionId);
        await container.ServeAsync();
        Assert.Equal("x!", (await rig.ResultAsync(call.FunctionCallId)).Result.Data.ToStringUtf8());
        await app.StopAsync();
    }

    [RootFact]
    public async Task ANewDeployment_TakesOver_AndTheOldOneCanComeBack()
    {
        FunctionApp app = await rig.CreateAppAsync(AppState.Initializing);
        string function = await app.DefineAsync("f");
        await app.PublishAsync("history", "v1");
        FunctionMapResponse first = await rig.CallAsync(function, "old");
        using PeerContainer old = await rig.NextContainerAsync(function);
        FunctionGetInputsItem item = await old.TakeAsync();

        await app.DefineAsync("f", each => each.TimeoutSecs = 77);
        await app.DefineAsync("g");
        await app.PublishAsync("history", "v2");

        FunctionMapResponse second = await rig.CallAsync(function, "new");
        using PeerContainer newer = await rig.NextContainerAsync(function);
        await newer.ServeAsync();
        await old.PutAsync(item, "still");
        Assert.True((await old.TakeAsync()).KillSwitch);
        Assert.Equal("still", (await rig.ResultAsync(first.FunctionCallId)).Result.Data.ToStringUtf8());
        Assert.Equal("new!", (await rig.ResultAsync(second.FunctionCallId)).Result.Data.ToStringUtf8());
        Assert.Equal(["f", "g"], await LayoutAsync(app));

        await rig.Client.AppRollbackAsync(new AppRollbackRequest { AppId = app.Id, Version = -1 }, rig.Credentials);

        Assert.Equal(["f"], await LayoutAsync(app));
        AppDeploymentHistoryResponse history = await rig.Client.AppDeploymentHistoryAsync(new AppDeploymentHistoryRequest { AppId = app.Id }, rig.Credentials);
        Assert.Equal(3u, history.ProductionAppVersion);
        Assert.Equal(
            [(1u, "v1", 0u, true), (2u, "v2", 0u, true), (3u, "v1", 1u, false)],
            history.AppDeploymentHistories.OrderBy(each => each.Version).Select(each => (each.Version, each.Tag, each.RollbackVersion, each.RollbackAllowed)));
        Status unknown = await FunctionRig.RefusalAsync(rig.Client.AppRollbackAsync(new AppRollbackRequest { AppId = app.Id, Version = 9 }, rig.Credentials));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        await app.StopAsync();
    }

    [RootFact]
    public async Task AStagedVersion_IsUsedOnceItIsPromoted()
    {
        FunctionApp app = await rig.CreateAppAsync(AppState.Initializing);
        await app.DefineAsync("f");
        RpcException early = await Assert.ThrowsAsync<RpcException>(() => app.PublishAsync("staged", staged: true));
        Assert.Equal(StatusCode.FailedPrecondition, early.StatusCode);
        await app.PublishAsync("staged", "v1");
        await app.DefineAsync("g");

        await app.PublishAsync("staged", "v2", staged: true);

        Assert.Equal(["f"], await LayoutAsync(app));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => FindAsync("staged", "g"))).StatusCode);
        Status back = await FunctionRig.RefusalAsync(rig.Client.AppRollbackAsync(new AppRollbackRequest { AppId = app.Id, Version = 2 }, rig.Credentials));
        Status deployed = await FunctionRig.RefusalAsync(rig.Client.AppPromoteAsync(new AppPromoteRequest { AppId = app.Id, Version = 1 }, rig.Credentials));
        Assert.Equal((StatusCode.FailedPrecondition, StatusCode.FailedPrecondition), (back.StatusCode, deployed.StatusCode));

        await rig.Client.AppPromoteAsync(new AppPromoteRequest { AppId = app.Id, Version = 2 }, rig.Credentials);

        Assert.Equal(["f", "g"], await LayoutAsync(app));
        await FindAsync("staged", "g");
        AppDeploymentHistoryResponse history = await rig.Client.AppDeploymentHistoryAsync(new AppDeploymentHistoryRequest { AppId = app.Id }, rig.Credentials);
        Assert.Equal(
            [(1u, DeploymentType.Standard, 0u, true), (2u, DeploymentType.Staged, 0u, false), (3u, DeploymentType.Promotion, 2u, false)],
            history.AppDeploymentHistories.OrderBy(each => each.Version).Select(each => (each.Version, each.DeploymentType, each.RollbackVersion, each.RollbackAllowed)));
        await rig.Client.AppRollbackAsync(new AppRollbackRequest { AppId = app.Id, Version = -1 }, rig.Credentials);
        Assert.Equal(["f"], await LayoutAsync(app));
        await app.StopAsync();
    }

    [RootFact]
    public async Task AFunctionThatIsNotDefinedYet_SaysSo()
    {
        FunctionApp app = await rig.CreateAppAsync();
        var announced = new FunctionPrecreateRequest { AppId = app.Id, FunctionName = "f" };
        string function = (await rig.Client.FunctionPrecreateAsync(announced, rig.Credentials)).FunctionId;

        RpcException call = await Assert.ThrowsAsync<RpcException>(() => rig.CallAsync(function, "x"));
        Status publish = await FunctionRig.RefusalAsync(
            rig.Client.AppPublishAsync(new AppPublishRequest { AppId = app.Id, FunctionIds = { ["f"] = function } }, rig.Credentials));

        Assert.Equal((StatusCode.FailedPrecondition, StatusCode.FailedPrecondition), (call.StatusCode, publish.StatusCode));
        Assert.Contains(function, publish.Detail);
        await app.StopAsync();
    }

    [RootFact]
    public async Task WithItsEnvironment_AnAppEnds_WithoutWaitingForTheNextRound()
    {
        var soon = TimeSpan.FromSeconds(10);
        for (int round = 0; round < 2; round++)
        {
            await rig.Client.EnvironmentCreateAsync(new EnvironmentCreateRequest { Name = "doomed" }, rig.Credentials);
            FunctionApp app = await rig.CreateAppAsync(AppState.Initializing, "doomed");
            string function = await app.DefineAsync("f");
            await app.PublishAsync("doomed");
            FunctionMapResponse call = await rig.CallAsync(function, "x");
            using PeerContainer container = await rig.NextContainerAsync(function);
            Task ended = rig.Server.Parts.Work.Supervisor.Find(container.Task)!.Ended;

            await rig.Client.EnvironmentDeleteAsync(new EnvironmentDeleteRequest { Name = "doomed" }, rig.Credentials);

            await ended.WaitAsync(soon);
            Assert.Equal("The app was stopped.", (await rig.ResultAsync(call.FunctionCallId)).Result.Exception);
        }
    }

    [RootFact]
    public async Task WhatOnlyTheVendorsServiceHas_IsMissing_WithWhatToDo()
    {
        Status client = await LookUpAsync("modal-client-mount-9.9.9");
        Status python = await LookUpAsync("python-build-standalone.20240107.3.11.7-gnu");

        Assert.Equal((StatusCode.NotFound, StatusCode.NotFound), (client.StatusCode, python.StatusCode));
        Assert.Contains("'pip download -d DIR modal==9.9.9'", client.Detail);
        Assert.Contains("'appliance client add DIR'", client.Detail);
        Assert.Contains("name an image that has Python 3 itself", python.Detail);
    }

    private Task<Status> LookUpAsync(string mount) => FunctionRig.RefusalAsync(
        rig.Client.MountGetOrCreateAsync(new MountGetOrCreateRequest { DeploymentName = mount, Namespace = DeploymentNamespace.Global }, rig.Credentials));

    private static MethodDefinition Method(string name) => new()
    {
        FunctionName = name, FunctionType = Function.Types.FunctionType.Function, SupportedInputFormats = { DataFormat.Cbor },
    };

    private async Task<FunctionGetResponse> FindAsync(string app, string tag) =>
        await rig.Client.FunctionGetAsync(new FunctionGetRequest { AppName = app, ObjectTag = tag }, rig.Credentials);

    private async Task<FunctionBindParamsResponse> BindAsync(string function, string parameters, FunctionOptions? options = null) =>
        await rig.Client.FunctionBindParamsAsync(
            new FunctionBindParamsRequest { FunctionId = function, SerializedParams = ByteString.CopyFromUtf8(parameters), FunctionOptions = options }, rig.Credentials);

    private async Task<string[]> LayoutAsync(FunctionApp app) =>
        [.. (await rig.Client.AppGetLayoutAsync(new AppGetLayoutRequest { AppId = app.Id }, rig.Credentials)).AppLayout.FunctionIds.Keys.Order()];
}
