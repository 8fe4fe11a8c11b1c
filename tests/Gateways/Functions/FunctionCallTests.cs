using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Google.Protobuf;
using Grpc.Core;
using GenericStatus = Appliance.Protos.Modal.GenericResult.Types.GenericStatus;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>Calls, from the caller through a container and back.</summary>
[Collection(FunctionRig.Collection)]
public sealed class FunctionCallTests(FunctionRig rig)
{
    [RootFact]
    public async Task ACall_BringsItsArgumentToAContainer_AndTheResultBack()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "six");
        FunctionPutInputsResponseItem accepted = Assert.Single(call.PipelinedInputs);
        using PeerContainer container = await rig.NextContainerAsync(function);
        await container.HelloAsync();

        FunctionGetInputsItem item = await container.ServeAsync();

        Assert.Equal((accepted.InputId, call.FunctionCallId, "six", 0u), (item.InputId, item.FunctionCallId, item.Input.Args.ToStringUtf8(), item.RetryCount));
        Assert.Equal((DataFormat.Pickle, FunctionCallInvocationType.Sync), (item.Input.DataFormat, item.FunctionCallInvocationType));
        FunctionGetOutputsItem output = await rig.ResultAsync(call.FunctionCallId);
        Assert.Equal((GenericStatus.Success, "six!", DataFormat.Pickle), (output.Result.Status, output.Result.Data.ToStringUtf8(), output.DataFormat));
        Assert.Equal((0, accepted.InputId, container.Task.Text, 0u), (output.Idx, output.InputId, output.TaskId, output.RetryCount));
        Assert.InRange(output.InputStartedAt, 1, output.OutputCreatedAt);
        await app.StopAsync();
    }

    [RootFact]
    public async Task AMap_AnswersAsResultsCome_WithTheirPlaces_AfterTheCursor()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        var begun = new FunctionMapRequest { FunctionId = function, FunctionCallType = FunctionCallType.Map };
        FunctionMapResponse call = await rig.Client.FunctionMapAsync(begun, rig.Credentials);
        Assert.True(call.MaxInputsOutstanding > 0);
        var put = new FunctionPutInputsRequest { FunctionId = function, FunctionCallId = call.FunctionCallId };
        put.Inputs.AddRange(Enumerable.Range(0, 3).Select(index =>
            new FunctionPutInputsItem { Idx = index, Input = new FunctionInput { Args = ByteString.CopyFromUtf8($"{index}") } }));
        FunctionPutInputsResponse accepted = await rig.Client.FunctionPutInputsAsync(put, rig.Credentials);
        Assert.Equal([0, 1, 2], accepted.Inputs.Select(each => each.Idx));
        await rig.Client.FunctionFinishInputsAsync(new FunctionFinishInputsRequest { FunctionId = function, FunctionCallId = call.FunctionCallId, NumInputs = 3 }, rig.Credentials);
        using PeerContainer container = await rig.NextContainerAsync(function);
        FunctionGetInputsItem[] items = [await container.TakeAsync(), await container.TakeAsync(), await container.TakeAsync()];
        Assert.Equal(["0", "1", "2"], items.Select(each => each.Input.Args.ToStringUtf8()));

        await container.PutAsync(items[2], "two");
        FunctionGetOutputsResponse first = await OutputsAsync(call.FunctionCallId, "0-0", timeout: 50);
        Task<FunctionGetOutputsResponse> waiting = OutputsAsync(call.FunctionCallId, first.LastEntryId, timeout: 50);
        await container.PutAsync(items[0], "zero");
        FunctionGetOutputsResponse second = await waiting;
        await container.PutAsync(items[1], "one");

        Assert.Equal((2, "two"), Place(Assert.Single(first.Outputs)));
        Assert.Equal((0, "zero"), Place(Assert.Single(second.Outputs)));
        Assert.Equal([(2, "two"), (0, "zero"), (1, "one")], (await OutputsAsync(call.FunctionCallId, "0-0", timeout: 0)).Outputs.Select(Place));
        Assert.Equal([(1, "one")], (await OutputsAsync(call.FunctionCallId, second.LastEntryId, timeout: 0)).Outputs.Select(Place));
        await app.StopAsync();
    }

    [RootFact]
    public async Task ASpawnedCall_CanBeFetchedLaterAndTwice()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "later", FunctionCallInvocationType.Async);
        Assert.Empty((await OutputsAsync(call.FunctionCallId, "0-0", timeout: 0)).Outputs);
        using PeerContainer container = await rig.NextContainerAsync(function);
        Assert.Equal(FunctionCallInvocationType.Async, (await container.ServeAsync()).FunctionCallInvocationType);

        Assert.Equal("later!", (await rig.ResultAsync(call.FunctionCallId, clears: false)).Result.Data.ToStringUtf8());
        Assert.Equal("later!", (await rig.ResultAsync(call.FunctionCallId, clears: false)).Result.Data.ToStringUtf8());
        FunctionCallFromIdResponse told = await rig.Client.FunctionCallFromIdAsync(new FunctionCallFromIdRequest { FunctionCallId = call.FunctionCallId }, rig.Credentials);
        Assert.Equal((1, app.Id, function), (told.NumInputs, told.Metadata.AppId, told.Metadata.FunctionId));
        await app.StopAsync();
    }

    [RootFact]
    public async Task AGenerator_YieldsPiecesInOrder_ToOneThatComesBackAtItsPlaceToo()
    {
        (FunctionApp app, string function) = await rig.RunAsync(each => each.FunctionType = Function.Types.FunctionType.Generator);
        FunctionMapResponse call = await rig.CallAsync(function, "count");
        using AsyncServerStreamingCall<DataChunk> heard = rig.Client.FunctionCallGetDataOut(
            new FunctionCallGetDataRequest { FunctionCallId = call.FunctionCallId }, rig.Credentials);
        using PeerContainer container = await rig.NextContainerAsync(function);
        FunctionGetInputsItem item = await container.TakeAsync();
        await YieldAsync(container, call.FunctionCallId, 1, 2);
        Assert.Equal("1 2", await HearAsync(heard, 2));
        await YieldAsync(container, call.FunctionCallId, 2, 3);
        var done = new GenericResult { Status = GenericStatus.Success, Data = new GeneratorDone { ItemsTotal = 3 }.ToByteString() };
        await container.PutAsync(item, done, DataFormat.GeneratorDone);

        Assert.Equal("3", await HearAsync(heard, 1));
        using AsyncServerStreamingCall<DataChunk> again = rig.Client.FunctionCallGetDataOut(
            new FunctionCallGetDataRequest { FunctionCallId = call.FunctionCallId, LastIndex = 1 }, rig.Credentials);
        Assert.Equal("2 3", await HearAsync(again, 2));
        FunctionGetOutputsItem output = await rig.ResultAsync(call.FunctionCallId);
        Assert.Equal((DataFormat.GeneratorDone, 3UL), (output.DataFormat, GeneratorDone.Parser.ParseFrom(output.Result.Data).ItemsTotal));
        await app.StopAsync();
    }

    [RootFact]
    public async Task AnException_ComesBackAsItWas()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "bad");
        using PeerContainer container = await rig.NextContainerAsync(function);
        var raised = new GenericResult
        {
            Status = GenericStatus.Failure, Exception = "ValueError('bad')", Traceback = "line 1", Data = ByteString.CopyFromUtf8("pickled"),
        };
        await container.PutAsync(await container.TakeAsync(), raised);

        Assert.Equal(raised.ToByteString(), (await rig.ResultAsync(call.FunctionCallId)).Result.ToByteString());
        await app.StopAsync();
    }

    [RootFact]
    public async Task Retries_AreTheServersBusiness()
    {
        var policy = new FunctionRetryPolicy { Retries = 2, InitialDelayMs = 10, BackoffCoefficient = 1, MaxDelayMs = 100 };
        (FunctionApp app, string function) = await rig.RunAsync(each => each.RetryPolicy = policy);
        FunctionMapResponse call = await rig.CallAsync(function, "again");
        using PeerContainer container = await rig.NextContainerAsync(function);
        var raised = new GenericResult { Status = GenericStatus.Failure, Exception = "no luck" };
        FunctionGetInputsItem first = await container.TakeAsync();
        await container.PutAsync(first, raised);
        FunctionGetInputsItem second = await container.TakeAsync();
        Assert.Equal((first.InputId, 1u, "again"), (second.InputId, second.RetryCount, second.Input.Args.ToStringUtf8()));
        await container.PutAsync(second, raised);

        // What the first attempt says now is of no interest.
        FunctionGetInputsItem third = await container.TakeAsync();
        await container.PutAsync(first, "late");
        await container.PutAsync(third, "luck");

        FunctionGetOutputsItem output = await rig.ResultAsync(call.FunctionCallId);
        Assert.Equal((2u, 0u, "luck"), (third.RetryCount, output.RetryCount, output.Result.Data.ToStringUtf8()));
        await app.StopAsync();
    }

    private static (int, string) Place(FunctionGetOutputsItem output) => (output.Idx, output.Result.Data.ToStringUtf8());

    private static async Task YieldAsync(PeerContainer container, string call, params ulong[] numbers)
    {
        var request = new FunctionCallPutDataRequest { FunctionCallId = call };
        request.DataChunks.AddRange(numbers.Select(each => new DataChunk { Index = each, Data = ByteString.CopyFromUtf8($"{each}") }));
        await container.Client.FunctionCallPutDataOutAsync(request, container.Credentials);
    }

    private static async Task<string> HearAsync(AsyncServerStreamingCall<DataChunk> stream, int count)
    {
        List<ulong> numbers = [];
        while (numbers.Count < count && await stream.ResponseStream.MoveNext())
        {
            numbers.Add(stream.ResponseStream.Current.Index);
            Assert.Equal($"{numbers[^1]}", stream.ResponseStream.Current.Data.ToStringUtf8());
        }

        return string.Join(' ', numbers);
    }

    private async Task<FunctionGetOutputsResponse> OutputsAsync(string call, string cursor, float timeout) => await rig.Client.FunctionGetOutputsAsync(
        new FunctionGetOutputsRequest { FunctionCallId = call, LastEntryId = cursor, Timeout = timeout, MaxValues = 100 }, rig.Credentials);
}
