using Appliance.Core.Ids.Functions;
using Appliance.Protos.Modal;
using Appliance.Tests.EndToEnd;
using Appliance.Tests.Guest;
using Appliance.Tests.Interop;
using Grpc.Core;
using GenericStatus = Appliance.Protos.Modal.GenericResult.Types.GenericStatus;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>The real JS SDK calls functions; the test answers for their containers.</summary>
[Collection(FunctionRig.Collection)]
public sealed class ModalJsFunctionTests(FunctionRig rig)
{
    [RootFact]
    public async Task Functions_ThroughTheRealClient_WorkAndFailAsItsUsersExpect()
    {
        FunctionApp app = await rig.CreateAppAsync(AppState.Initializing);
        string echo = await app.DefineAsync("echo", each => each.TimeoutSecs = 2);
        await app.DefineClassAsync("Counter", Counter);
        await app.PublishAsync("js-functions");
        using var stop = new CancellationTokenSource();
        Task[] answering = [AnswerAsync(echo, stop.Token), AnswerBoundAsync(echo, stop.Token)];

        ProgramRun run = await ProgramRun.StartAsync("node", ["modal-functions.mjs"], rig.Server.Variables, InteropFiles.Scripts);

        await stop.CancelAsync();
        await Task.WhenAll(answering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        run.ShouldSucceed();
        Assert.Contains("all checks passed", run.Output);
        Assert.Equal(2, rig.Server.Parts.Work.Functions.Pools.Find(FunctionId.FromText(echo))!.Scaling.Max);
        await app.StopAsync();
    }

    private static void Counter(Function definition)
    {
        definition.MethodDefinitions["inc"] = new MethodDefinition
        {
            FunctionName = "Counter.inc", FunctionType = Function.Types.FunctionType.Function, SupportedInputFormats = { DataFormat.Cbor }, SupportedOutputFormats = { DataFormat.Cbor },
        };
        definition.ClassParameterInfo = new ClassParameterInfo
        {
            Format = ClassParameterInfo.Types.ParameterSerializationFormat.ParamSerializationFormatProto,
            Schema = { new ClassParameterSpec { Name = "start", Type = ParameterType.ParamTypeInt } },
        };
    }

    /// <summary>The function that the client binds is not known before.</summary>
    private async Task AnswerBoundAsync(string known, CancellationToken stop)
    {
        while (true)
        {
            string? bound = rig.Server.Parts.Work.Supervisor.Live
                .Where(each => each.Record.AppId.Equals(rig.Server.Parts.Work.Functions.Pools.Find(FunctionId.FromText(known))?.App))
                .Select(each => each.Definition.Function?.Id).FirstOrDefault(each => each is not null && each != known);
            if (bound is not null)
            {
                await AnswerAsync(bound, stop);
                return;
            }

            await Task.Delay(50, stop);
        }
    }

    private async Task AnswerAsync(string function, CancellationToken stop)
    {
        using PeerContainer container = await rig.NextContainerAsync(function).WaitAsync(stop);
        while (!stop.IsCancellationRequested)
        {
            var asked = new FunctionGetInputsRequest();
            foreach (FunctionGetInputsItem item in (await container.Client.FunctionGetInputsAsync(asked, container.Credentials, cancellationToken: stop)).Inputs)
            {
                await AnswerAsync(container, item);
            }
        }
    }

    private static async Task AnswerAsync(PeerContainer container, FunctionGetInputsItem item)
    {
        Assert.Equal(DataFormat.Cbor, item.Input.DataFormat);
        if (item.Input.Args.Span.IndexOf("hang"u8) >= 0)
        {
            // Until the server takes it back.
            Assert.Equal([item.InputId], (await container.HeartbeatAsync()).CancelInputEvent.InputIds);
            await container.PutAsync(item, new GenericResult { Status = GenericStatus.Terminated });
        }
        else if (item.Input.Args.Span.IndexOf("raise"u8) >= 0)
        {
            await container.PutAsync(item, new GenericResult { Status = GenericStatus.Failure, Exception = "ValueError('no')" });
        }
        else
        {
            // CBOR in and out: what came is a valid result as it is.
            await container.PutAsync(item, new GenericResult { Status = GenericStatus.Success, Data = item.Input.Args }, DataFormat.Cbor);
        }
    }
}
