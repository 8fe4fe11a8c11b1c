using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Google.Protobuf;
using Grpc.Core;
using GenericStatus = Appliance.Protos.Modal.GenericResult.Types.GenericStatus;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>What callers hear when containers fail, and containers when callers give up.</summary>
[Collection(FunctionRig.Collection)]
public sealed class ContainerFaultTests(FunctionRig rig)
{
    [RootFact]
    public async Task AContainerThatCannotGetReady_TellsItsCallersWhy()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "x");
        using PeerContainer container = await rig.NextContainerAsync(function);
        var why = new GenericResult { Status = GenericStatus.Failure, Exception = "ModuleNotFoundError: numpy", Data = ByteString.CopyFromUtf8("pickled") };

        await container.Client.TaskResultAsync(new TaskResultRequest { Result = why }, container.Credentials);

        Assert.Equal(why.ToByteString(), (await rig.ResultAsync(call.FunctionCallId)).Result.ToByteString());
        await app.StopAsync();
    }

    [RootFact]
    public async Task AContainerThatDies_FailsWhatItWorkedOn_AndWhatWaitedGoesToTheNext()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        FunctionMapResponse deadly = await rig.CallAsync(function, "deadly");
        FunctionMapResponse waits = await rig.CallAsync(function, "waits");
        using PeerContainer container = await rig.NextContainerAsync(function);
        Assert.Equal("deadly", (await container.TakeAsync()).Input.Args.ToStringUtf8());

        await container.KillAsync();

        GenericResult result = (await rig.ResultAsync(deadly.FunctionCallId)).Result;
        Assert.Equal(GenericStatus.Failure, result.Status);
        Assert.StartsWith("The container of 'f' ended with exit code 137 while it worked on this input.", result.Exception);
        using PeerContainer next = await rig.NextContainerAsync(function);
        await next.ServeAsync();
        Assert.Equal("waits!", (await rig.ResultAsync(waits.FunctionCallId)).Result.Data.ToStringUtf8());
        await app.StopAsync();
    }

    [RootFact]
    public async Task AContainerThatSomebodyStops_LosesNothing()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "x");
        using PeerContainer container = await rig.NextContainerAsync(function);
        FunctionGetInputsItem first = await container.TakeAsync();

        await rig.Client.ContainerStopAsync(new ContainerStopRequest { TaskId = container.Task.Text }, rig.Credentials);

        using PeerContainer next = await rig.NextContainerAsync(function);
        FunctionGetInputsItem again = await next.ServeAsync();
        Assert.Equal((first.InputId, 1u), (again.InputId, again.RetryCount));
        Assert.Equal("x!", (await rig.ResultAsync(call.FunctionCallId)).Result.Data.ToStringUtf8());
        await app.StopAsync();
    }

    [RootFact]
    public async Task ACanceledCall_EndsForItsCaller_AndItsContainerHearsOfItAtOnce()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "x");
        using PeerContainer container = await rig.NextContainerAsync(function);
        FunctionGetInputsItem item = await container.TakeAsync();
        Task<ContainerHeartbeatResponse> heartbeat = container.HeartbeatAsync();

        await rig.Client.FunctionCallCancelAsync(new FunctionCallCancelRequest { FunctionCallId = call.FunctionCallId }, rig.Credentials);

        Assert.Equal([item.InputId], (await heartbeat).CancelInputEvent.InputIds);
        Assert.Equal(GenericStatus.Terminated, (await rig.ResultAsync(call.FunctionCallId)).Result.Status);
        await container.PutAsync(item, new GenericResult { Status = GenericStatus.Terminated });
        await container.PutAsync(item, "late");
        Assert.Equal(GenericStatus.Terminated, (await rig.ResultAsync(call.FunctionCallId)).Result.Status);
        var more = new FunctionPutInputsRequest { FunctionCallId = call.FunctionCallId, Inputs = { new FunctionPutInputsItem() } };
        Status refused = await FunctionRig.RefusalAsync(rig.Client.FunctionPutInputsAsync(more, rig.Credentials));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);

        // The container is of use again.
        FunctionMapResponse another = await rig.CallAsync(function, "y");
        await container.ServeAsync();
        Assert.Equal("y!", (await rig.ResultAsync(another.FunctionCallId)).Result.Data.ToStringUtf8());
        await app.StopAsync();
    }

    [RootFact]
    public async Task AnInputThatTakesTooLong_EndsWithATimeout()
    {
        (FunctionApp app, string function) = await rig.RunAsync(each => each.TimeoutSecs = 1);
        FunctionMapResponse call = await rig.CallAsync(function, "x");
        using PeerContainer container = await rig.NextContainerAsync(function);
        FunctionGetInputsItem item = await container.TakeAsync();

        Assert.Equal([item.InputId], (await container.HeartbeatAsync()).CancelInputEvent.InputIds);

        GenericResult result = (await rig.ResultAsync(call.FunctionCallId)).Result;
        Assert.Equal((GenericStatus.Timeout, "Task's current input hit its timeout of 1s"), (result.Status, result.Exception));
        await app.StopAsync();
    }

    [RootFact]
    public async Task AStoppedApp_EndsItsCallsAndItsContainers_AndTakesNoMore()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        FunctionMapResponse runs = await rig.CallAsync(function, "runs");
        FunctionMapResponse waits = await rig.CallAsync(function, "waits");
        using PeerContainer container = await rig.NextContainerAsync(function);
        FunctionGetInputsItem item = await container.TakeAsync();

        await app.StopAsync();

        foreach (FunctionMapResponse call in new[] { runs, waits })
        {
            GenericResult result = (await rig.ResultAsync(call.FunctionCallId)).Result;
            Assert.Equal((GenericStatus.Terminated, "The app was stopped."), (result.Status, result.Exception));
            var more = new FunctionPutInputsRequest { FunctionCallId = call.FunctionCallId, Inputs = { new FunctionPutInputsItem() } };
            Assert.Equal(StatusCode.NotFound, (await FunctionRig.RefusalAsync(rig.Client.FunctionPutInputsAsync(more, rig.Credentials))).StatusCode);
        }

        Assert.DoesNotContain(rig.Server.Parts.Work.Supervisor.Live, each => each.Definition.Function?.Id == function && !each.Ended.IsCompleted);
        RpcException late = await Assert.ThrowsAsync<RpcException>(() => container.PutAsync(item, "late"));
        Assert.Equal(StatusCode.Unauthenticated, late.StatusCode);
        RpcException call2 = await Assert.ThrowsAsync<RpcException>(() => rig.CallAsync(function, "x"));
        Assert.Equal(StatusCode.NotFound, call2.StatusCode);
    }
}
