using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>What <c>modal run -i</c> needs for <c>breakpoint()</c>.</summary>
[Collection(FunctionRig.Collection)]
public sealed class InteractiveFunctionTests(FunctionRig rig)
{
    [RootFact]
    public async Task AShell_IsToldToWhoFollows_AndWhatIsTypedArrivesOnce()
    {
        FunctionApp app = await rig.CreateAppAsync();
        using AsyncServerStreamingCall<TaskLogsBatch> logs = rig.Client.AppGetLogs(new AppGetLogsRequest { AppId = app.Id, Timeout = 55 }, rig.Credentials);
        string function = await app.DefineAsync("f", each =>
        {
            each.AutoscalerSettings.MinContainers = 1;
            each.PtyInfo = new PTYInfo { PtyType = PTYInfo.Types.PTYType.Function, WinszRows = 24, WinszCols = 80 };
        });
        await app.PublishAsync();
        using PeerContainer container = await rig.NextContainerAsync(function);
        string task = container.Task.Text;
        Assert.Equal($"up {task}\r\n", Text(await NextAsync(logs)));

        await container.Client.FunctionStartPtyShellAsync(new Empty(), container.Credentials);
        TaskLogsBatch begins = await NextAsync(logs);
        Assert.Equal((task, task), (begins.TaskId, begins.PtyExecId));
        for (int again = 0; again < 2; again++)
        {
            await TypeAsync(task, "typed\n", index: 1);
        }

        await TypeAsync(task, "more\n", index: 2);
        string echoed = "";
        while (!echoed.Contains("more\r\n", StringComparison.Ordinal))
        {
            echoed += Text(await NextAsync(logs));
        }

        Assert.Equal("typed\r\nmore\r\n", echoed);
        AppFetchLogsResponse fetched = await rig.Client.AppFetchLogsAsync(new AppFetchLogsRequest { AppId = app.Id }, rig.Credentials);
        Assert.All(fetched.Batches, batch => Assert.Empty(batch.PtyExecId));
        await rig.Client.ContainerStopAsync(new ContainerStopRequest { TaskId = task }, rig.Credentials);
        TaskLogsBatch ends;
        do
        {
            // The next container may speak first.
            ends = await NextAsync(logs);
        }
        while (ends.TaskId != task);

        Assert.True(ends.Eof);
        await app.StopAsync();
        RpcException late = await Assert.ThrowsAsync<RpcException>(() => TypeAsync(task, "late\n", index: 3));
        Assert.Contains(late.StatusCode, new[] { StatusCode.FailedPrecondition, StatusCode.NotFound });
    }

    [RootFact]
    public async Task AShell_OfAFunctionWithoutATerminal_IsRefused()
    {
        (FunctionApp app, string function) = await rig.RunAsync(each => each.AutoscalerSettings.MinContainers = 1);
        using PeerContainer container = await rig.NextContainerAsync(function);

        Status refusal = await FunctionRig.RefusalAsync(container.Client.FunctionStartPtyShellAsync(new Empty(), container.Credentials));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Contains("modal run -i", refusal.Detail, StringComparison.Ordinal);
        await app.StopAsync();
    }

    private static async Task<TaskLogsBatch> NextAsync(AsyncServerStreamingCall<TaskLogsBatch> logs)
    {
        Assert.True(await logs.ResponseStream.MoveNext());
        return logs.ResponseStream.Current;
    }

    private static string Text(TaskLogsBatch batch) => string.Concat(batch.Items.Select(each => each.Data));

    private async Task TypeAsync(string task, string text, ulong index) => await rig.Client.ContainerExecPutInputAsync(
        new ContainerExecPutInputRequest { ExecId = task, Input = new RuntimeInputMessage { Message = ByteString.CopyFromUtf8(text), MessageIndex = index } },
        rig.Credentials);
}
