using Appliance.Core.Ids;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>Who may speak for a container, and what is said of ids that are not there.</summary>
[Collection(FunctionRig.Collection)]
public sealed class ContainerIdentityTests(FunctionRig rig)
{
    [RootFact]
    public async Task AForeignToken_AndOneOfAContainerThatEnded_AreRefused()
    {
        (FunctionApp app, string function) = await rig.RunAsync(each => each.AutoscalerSettings.MinContainers = 1);
        using PeerContainer container = await rig.NextContainerAsync(function);
        await container.HelloAsync();
        string token = container.Credentials[0].Value;
        using var forged = new PeerContainer(rig.Server, container.Task, token[..^4] + (token.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"));
        using var stranger = new PeerContainer(rig.Server, TaskId.Mint(isVersion2: false));

        foreach (PeerContainer each in new[] { forged, stranger })
        {
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(each.HelloAsync)).StatusCode);
        }

        await app.StopAsync();
        RpcException late = await Assert.ThrowsAsync<RpcException>(container.HelloAsync);
        Assert.Equal((StatusCode.Unauthenticated, "The container's token is of another appliance, or the container has ended."), (late.StatusCode, late.Status.Detail));
    }

    [RootFact]
    public async Task AClient_MayNotSpeakForAContainer()
    {
        ModalClient.ModalClientClient client = rig.Client;
        Status[] refusals =
        [
            await FunctionRig.RefusalAsync(client.ContainerHelloAsync(new Empty(), rig.Credentials)),
            await FunctionRig.RefusalAsync(client.ContainerHeartbeatAsync(new ContainerHeartbeatRequest(), rig.Credentials)),
            await FunctionRig.RefusalAsync(client.FunctionGetInputsAsync(new FunctionGetInputsRequest(), rig.Credentials)),
            await FunctionRig.RefusalAsync(client.FunctionPutOutputsAsync(new FunctionPutOutputsRequest(), rig.Credentials)),
            await FunctionRig.RefusalAsync(client.FunctionCallPutDataOutAsync(new FunctionCallPutDataRequest(), rig.Credentials)),
            await FunctionRig.RefusalAsync(client.TaskResultAsync(new TaskResultRequest(), rig.Credentials)),
        ];

        Assert.All(refusals, each => Assert.Equal(StatusCode.PermissionDenied, each.StatusCode));
        Assert.Equal("'modal.client.ModalClient/ContainerHello' is for containers of functions.", refusals[0].Detail);
    }

    [RootFact]
    public async Task AContainer_WorksForItsOwnFunctionAlone()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        (FunctionApp otherApp, string other) = await rig.RunAsync();
        FunctionMapResponse own = await rig.CallAsync(function, "own");
        FunctionMapResponse others = await rig.CallAsync(other, "others");
        using PeerContainer container = await rig.NextContainerAsync(function);
        FunctionGetInputsItem item = await container.TakeAsync();
        Assert.Equal("own", item.Input.Args.ToStringUtf8());

        var chunk = new FunctionCallPutDataRequest { FunctionCallId = others.FunctionCallId, DataChunks = { new DataChunk { Index = 1 } } };
        Status refused = await FunctionRig.RefusalAsync(container.Client.FunctionCallPutDataOutAsync(chunk, container.Credentials));
        await container.PutAsync(new FunctionGetInputsItem { InputId = others.PipelinedInputs[0].InputId }, "stolen");

        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        using PeerContainer right = await rig.NextContainerAsync(other);
        await right.ServeAsync();
        await container.PutAsync(item, "done");
        Assert.Equal("others!", (await rig.ResultAsync(others.FunctionCallId)).Result.Data.ToStringUtf8());
        Assert.Equal("done", (await rig.ResultAsync(own.FunctionCallId)).Result.Data.ToStringUtf8());
        await app.StopAsync();
        await otherApp.StopAsync();
    }

    [RootFact]
    public async Task IdsThatAreNotThere_AreNamed()
    {
        const string Call = "fc-0000000000000000000000";
        const string Function = "fu-0000000000000000000000";
        ModalClient.ModalClientClient client = rig.Client;
        (string Id, StatusCode Code, Status Status)[] refusals =
        [
            (Call, StatusCode.NotFound, await FunctionRig.RefusalAsync(client.FunctionGetOutputsAsync(new FunctionGetOutputsRequest { FunctionCallId = Call }, rig.Credentials))),
            (Call, StatusCode.NotFound, await FunctionRig.RefusalAsync(client.FunctionCallCancelAsync(new FunctionCallCancelRequest { FunctionCallId = Call }, rig.Credentials))),
            (Call, StatusCode.NotFound, await FunctionRig.RefusalAsync(client.FunctionCallFromIdAsync(new FunctionCallFromIdRequest { FunctionCallId = Call }, rig.Credentials))),
            (Call, StatusCode.NotFound, await FunctionRig.RefusalAsync(client.FunctionPutInputsAsync(new FunctionPutInputsRequest { FunctionCallId = Call }, rig.Credentials))),
            ("what", StatusCode.InvalidArgument, await FunctionRig.RefusalAsync(client.FunctionGetOutputsAsync(new FunctionGetOutputsRequest { FunctionCallId = "what" }, rig.Credentials))),
            (Function, StatusCode.NotFound, await FunctionRig.RefusalAsync(client.FunctionMapAsync(new FunctionMapRequest { FunctionId = Function }, rig.Credentials))),
            (Function, StatusCode.NotFound, await FunctionRig.RefusalAsync(client.FunctionBindParamsAsync(new FunctionBindParamsRequest { FunctionId = Function }, rig.Credentials))),
            (Function, StatusCode.NotFound, await FunctionRig.RefusalAsync(client.FunctionGetCurrentStatsAsync(new FunctionGetCurrentStatsRequest { FunctionId = Function }, rig.Credentials))),
        ];

        Assert.All(refusals, each => Assert.Equal(each.Code, each.Status.StatusCode));
        Assert.All(refusals, each => Assert.Contains(each.Id, each.Status.Detail, StringComparison.Ordinal));
    }
}
